from pathlib import Path

from click.testing import CliRunner

from services.cli import main
from tests.vision.builders import candidate, key, piece, small_camera
from vision.evidence.package import seal


def test_an_intact_package_is_called_intact(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(seal(candidate(), small_camera(), [piece()], key()).data)
    result = CliRunner().invoke(main, ["evidence", "verify", str(path), "--key", key().public_hex])
    assert result.exit_code == 0
    assert result.output.startswith("INTACT")


def test_a_changed_package_ends_with_status_1_and_names_the_file(tmp_path: Path) -> None:
    data = bytearray(seal(candidate(), small_camera(), [piece()], key()).data)
    data[data.index(b"ftyp") + 1000] ^= 1
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    result = CliRunner().invoke(main, ["evidence", "verify", str(path)])
    assert result.exit_code == 1
    assert "CHANGED  clip.mp4" in result.output


def test_an_absent_package_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["evidence", "verify", str(tmp_path / "none.zip")])
    assert result.exit_code == 1
    assert "none.zip: no such file" in result.output
