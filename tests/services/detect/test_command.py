import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import main
from services.detect import command
from tests.data import shared_data
from tests.services.detect.street import SEED
from tests.vision.builders import CAMERAS, CLIPS
from vision.evidence.verify import verify_package
from vision.scenes.street import street_camera_yaml


def scene_file(tmp_path: Path) -> Path:
    path = tmp_path / "scene.yaml"
    path.write_text(street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0), SEED), encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_scene_is_watched_and_all_four_kinds_of_output_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["detect", "--video", f"scene://street?seed={SEED}", "--camera", str(scene_file(tmp_path))]
    result = CliRunner().invoke(main, [*arguments, "--seconds", "18", "--out", str(out)], catch_exceptions=False)
    assert result.exit_code == 0
    candidates = lines(out / "candidates.jsonl")
    assert candidates
    assert {"rule", "track_id", "time_ms", "frame", "box", "confidence", "plate", "evidence"} <= candidates[0].keys()
    for candidate in candidates:
        assert verify_package(out / str(candidate["evidence"])).ok
    assert {"track_id", "time_ms", "frame", "box"} <= lines(out / "tracks.jsonl")[0].keys()
    assert lines(out / "counts.jsonl")[0]["camera_id"] == "SC-01"
    counted = json.loads(result.stdout)["candidates"]
    assert counted["red_light"] >= 1
    assert sum(counted.values()) == len(candidates)


def test_a_real_street_is_not_watched_by_the_shipped_weights_without_a_word(tmp_path: Path) -> None:
    video, camera = str(shared_data("cameras", CLIPS["ly_thuong_kiet"])), str(CAMERAS / "ly_thuong_kiet.yaml")
    words = ["detect", "--video", video, "--camera", camera, "--seconds", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "the shipped weights know rendered scenes only" in " ".join(result.stderr.split())


def test_a_full_disk_is_said_in_one_sentence_and_leaves_no_half_a_package(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "evidence").mkdir(parents=True)
    (out / "tracks.jsonl").symlink_to("/dev/full")
    arguments = ["detect", "--video", f"scene://street?seed={SEED}", "--camera", str(scene_file(tmp_path))]
    result = CliRunner().invoke(main, [*arguments, "--seconds", "1", "--out", str(out)])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert "No space left" in result.stderr
    (tmp_path / "case.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        command._write_whole(tmp_path / "case.zip", b"half")
    assert not (tmp_path / "case.zip").exists()
    assert not (tmp_path / "case.part").exists()


def test_a_recording_whose_time_nobody_knows_is_not_watched_without_a_word(tmp_path: Path) -> None:
    video, camera = str(shared_data("cameras", CLIPS["ly_thuong_kiet"])), tmp_path / "timeless.yaml"
    lines = (CAMERAS / "ly_thuong_kiet.yaml").read_text(encoding="utf-8").splitlines()
    camera.write_text("\n".join(line for line in lines if not line.startswith("clock:")), encoding="utf-8")
    words = ["detect", "--video", video, "--camera", str(camera), "--seconds", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert "gives no clock.start" in " ".join(result.stderr.split())


def test_each_bad_input_ends_with_one_sentence_that_names_it(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video at all")
    camera = str(CAMERAS / "ly_thuong_kiet.yaml")
    out = ["--out", str(tmp_path / "out")]
    for arguments, sentence in [
        (["--video", str(bad), "--camera", camera], "bad.mp4"),
        (["--video", str(tmp_path / "none.mp4"), "--camera", camera], "none.mp4"),
        (["--video", str(bad), "--camera", str(tmp_path / "none.yaml")], "none.yaml"),
        (["--video", str(bad), "--camera", camera, "--weights", str(tmp_path / "w")], "no such weights"),
        (["--video", "scene://street?seed=1", "--camera", camera], "frame 640×480"),
    ]:
        result = CliRunner().invoke(main, ["detect", *arguments, *out])
        assert result.exit_code == 1
        assert sentence in result.output
        assert "Traceback" not in result.output
