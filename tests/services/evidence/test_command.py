from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli import main
from services.evidence.chain import Chains
from services.evidence.keeper import Keeper
from services.media.store import MediaStore, open_media
from tests.vision.builders import START_MS, key, package, parts
from vision.evidence.package import Link


def test_an_intact_package_is_called_intact(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(package().data)
    result = CliRunner().invoke(main, ["evidence", "verify", str(path), "--key", key().public_hex])
    assert result.exit_code == 0
    assert result.output.startswith("INTACT")


def test_a_changed_package_ends_with_status_1_and_names_the_file(tmp_path: Path) -> None:
    data = bytearray(package().data)
    data[data.index(b"ftyp") + 1000] ^= 1
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    result = CliRunner().invoke(main, ["evidence", "verify", str(path)])
    assert result.exit_code == 1
    assert "CHANGED" in result.output
    assert "package.zip: clip.mp4: was changed between" in result.output


def test_an_absent_package_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["evidence", "verify", str(tmp_path / "none.zip")])
    assert result.exit_code == 1
    assert "none.zip: no such file" in result.output


def test_a_folder_is_verified_with_its_chain_and_a_missing_package_is_told(tmp_path: Path) -> None:
    link = Link()
    for number in range(3):
        sealed = package(link=link)
        link = Link(link.number + 1, sealed.manifest_sha256)
        (tmp_path / f"{number}.zip").write_bytes(sealed.data)
    whole = CliRunner().invoke(main, ["evidence", "verify", str(tmp_path)])
    assert (whole.exit_code, whole.output.count("INTACT")) == (0, 3)
    (tmp_path / "1.zip").unlink()
    broken = CliRunner().invoke(main, ["evidence", "verify", str(tmp_path)])
    assert broken.exit_code == 1
    assert "CHAIN    T-1: package 2 is missing" in broken.output


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MediaStore:
    monkeypatch.setenv("MEDIA_URL", f"file://{tmp_path}/media")
    store = open_media(f"file://{tmp_path}/media")
    keeper = Keeper(store, key())
    for number in range(3):
        keeper.keep(parts(START_MS + number * 1000))
    return store


def chain() -> Result:
    return CliRunner().invoke(main, ["evidence", "chain", "--key", key().public_hex])


def test_a_whole_chain_in_the_media_store_is_whole_and_one_gone_after_a_rejection_is_counted(media: MediaStore) -> None:
    assert chain().exit_code == 0
    assert chain().output == "T-1: 3 packages, 0 of them gone after a rejection, chain whole\n"
    entry = list(Chains(media).walk("T-1"))[1]
    media.release(entry.path, entry.candidate_id)
    media.delete(entry.path)
    assert chain().exit_code == 0
    assert chain().output == "T-1: 3 packages, 1 of them gone after a rejection, chain whole\n"


def test_a_held_package_that_is_missing_or_was_exchanged_is_told(media: MediaStore) -> None:
    first, second, _ = Chains(media).walk("T-1")
    media.put(second.path, media.read(first.path))
    assert chain().exit_code == 1
    assert "package 2 (" in chain().output
    assert "is another one than was sealed" in chain().output
    media.delete(second.path)
    assert "is missing, though it is held" in chain().output


def test_an_entry_that_is_gone_from_the_chain_is_told(media: MediaStore) -> None:
    media.delete(".seals/chain/T-1/00000002.json")
    assert chain().exit_code == 1
    assert "package 2 is missing" in chain().output
