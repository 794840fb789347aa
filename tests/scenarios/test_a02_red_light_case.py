"""A02: a red-light crossing goes from the video to an approved case whose package stands up."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.data import shared_data
from tests.scenarios.living import Living, living_city, run_hanoi, wait_for

PASSWORD = "three buses and a lake"


@pytest.mark.timeout(420)
def test_a_checked_crossing_is_approved_and_a_changed_byte_of_its_package_is_found(
    junction: Path, tmp_path: Path, places: dict[str, str]
) -> None:
    weights = shared_data("weights", "yolo11n_int8_openvino_model")
    with living_city(junction, tmp_path / "var", places=places, HANOI_VISION_WEIGHTS=str(weights)) as city:
        city.hanoi("user", "add", "officer", "--role", "reviewer", "--password-stdin", typed=PASSWORD + "\n")
        city.log_in("officer", PASSWORD)
        case = wait_for(lambda: _checked_case(city), seconds=300, what="a checked red-light crossing in the queue")
        body = city.get(f"/api/cases/{case}")
        assert body["verification"]["ok"], body["verification"]
        assert body["clause"] is None, "the act is of 2022, decree 168/2024 was not in force"
        assert {file["name"] for file in body["files"]} >= {"clip.mp4", "lamp.json", "track.json", "frame_at.png"}
        decided = city.post(f"/api/cases/{case}/decision", {"verdict": "approve"})
        assert decided["decision"]["verdict"] == "approve"
        city.post(f"/api/cases/{case}/original", {"reason": "the owner asks for what was sealed"})
        package = tmp_path / "package.zip"
        package.write_bytes(city.get_bytes(f"/api/cases/{case}/package.zip"))
    assert run_hanoi("evidence", "verify", str(package)).startswith("INTACT")
    changed = tmp_path / "changed.zip"
    changed.write_bytes(_with_one_byte_changed(package.read_bytes(), "clip.mp4"))
    with pytest.raises(AssertionError, match=r"clip\.mp4"):
        run_hanoi("evidence", "verify", str(changed))


def _checked_case(city: Living) -> str | None:
    """Return a case whose frame is one of those that were checked by eye."""
    notes = json.loads(shared_data("cameras", "annotations.json").read_text(encoding="utf-8"))
    clip = notes["clips"]["hn_lythuongkiet_hangbai_20220925_164147_640x480_6fps.mp4"]
    checked = [event["frame"] for event in clip["red_light_crossings"]]
    for row in city.get("/api/cases?status=open&rule=red_light")["cases"]:
        frame = (row["time_ms"] - 1_664_098_907_000) * clip["fps"] / 1000
        if any(abs(frame - known) <= 6 for known in checked):
            return str(row["case_id"])
    return None


def _with_one_byte_changed(data: bytes, name: str) -> bytes:
    """Write the package anew with one byte of one file changed, so that the zip itself is sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            content = bytearray(old.read(info))
            if info.filename == name:
                content[len(content) // 2] ^= 1
            new.writestr(info, bytes(content))
    return out.getvalue()
