from pathlib import Path

import msgspec
import numpy as np
import pytest

from schemas.camera import CameraState
from schemas.camera_watch import CameraSight
from schemas.text import Text
from schemas.violation import EvidenceRef
from services.archive.pipeline import WRITERS
from services.store.audit import list_audit
from services.store.cases import case_id_of, open_case
from tests.services.api.parts import Running
from tests.services.desk_builders import NOW_MS, candidate
from tests.vision.builders import key
from vision.camera import parse_camera
from vision.evidence.clip import StoredPiece
from vision.evidence.keys import load_or_make_key
from vision.evidence.package import Link, Sealed, seal
from vision.evidence.parts import compose
from vision.evidence.redacted import redact
from vision.evidence.verify import read_file, verify_package
from vision.segments import encode

CAMERA = b"""
id: C-058
name: {vi: Ly Thuong Kiet, en: Ly Thuong Kiet}
position: [105.8531, 21.0234]
source: scene://x
frame: [160, 120]
approaches:
  - id: east
    travel_px: [0.0, -1.0]
    stop_line: [[20, 90], [140, 92]]
    lamps: {red: [150, 10], green: [150, 30], radius_px: 3}
rules: [red_light]
"""
SEALING = key()
CASE_ID = case_id_of(candidate().candidate_id)


@pytest.fixture(scope="module")
def sealed() -> Sealed:
    images = [np.full((120, 160, 3), i * 20, np.uint8) for i in range(10)]
    times_s = [i * 0.2 for i in range(10)]
    piece = encode(images, times_s)
    frame_ms = tuple(NOW_MS - 1000 + i * 200 for i in range(10))
    return seal(compose(candidate(), parse_camera(CAMERA), [StoredPiece(piece.data, frame_ms)]), SEALING, Link())


@pytest.fixture
def desk(api: Running, sealed: Sealed) -> Running:
    uri = api.state.media.put("evidence/1.zip", sealed.data)
    api.state.media.put("evidence/1.redacted.zip", redact(sealed.data, SEALING).data)
    ref = EvidenceRef(uri=uri, sha256=sealed.sha256, manifest_sha256=sealed.manifest_sha256, key_id=sealed.key_id)
    with api.state.store.transaction() as session:
        open_case(session, candidate(evidence=ref), NOW_MS)
    api.log_in("lan", "reviewer")
    return api


def test_the_queue_shows_the_case(desk: Running) -> None:
    body = desk.client.get("/api/cases").json()
    assert (body["counts"], body["oldest_ms"]) == ({"red_light": 1}, NOW_MS)
    assert (body["cases"][0]["plate"], body["cases"][0]["has_picture"]) == ("30F-587.93", True)
    assert desk.client.get("/api/cases?rule=stop_line").json()["cases"] == []


def test_a_fault_that_is_told_after_sealing_is_shown_among_the_exceptions_and_in_the_log(desk: Running) -> None:
    told = CameraSight(
        camera_id="C-058", time_ms=NOW_MS + 31_000, state=CameraState.CLOCK, since_ms=NOW_MS - 2_000, frames=9,
        skipped=0, live=0.3, text=Text(vi="Sai giờ", en="Clock off"),
    )  # fmt: skip
    with desk.state.store.transaction() as session:
        WRITERS["camera.health"](session, [told])
    body = desk.client.get(f"/api/cases/{CASE_ID}").json()
    assert "after sealing" in body["exceptions"]["camera_fault_clock"]
    assert [entry["action"] for entry in body["log"]] == ["open", "camera_fault_clock"]
    assert body["verification"]["ok"] is True


def test_a_case_has_all_that_an_officer_needs(desk: Running) -> None:
    body = desk.client.get(f"/api/cases/{CASE_ID}").json()
    assert body["verification"]["ok"] is True
    assert body["clause"]["id"].endswith("6.9.b")
    assert body["clause_reason"] is None
    assert body["frame_size"] == [160, 120]
    assert body["stop_line"] == [[20, 90], [140, 92]]
    assert body["lamps"]["red"] == [150, 10]
    assert body["clip"]["file"] == "clip.mp4"
    assert len(body["clip"]["frame_ms"]) == 10
    assert {"clip.mp4", "frame_at.png", "overlay_at.jpg"} <= {f["name"] for f in body["files"]}


def test_an_act_before_the_decree_has_no_clause_and_says_why(api: Running) -> None:
    act_ms = 1_664_098_914_500  # 2022-09-25
    with api.state.store.transaction() as session:
        open_case(session, candidate("old", time_ms=act_ms), NOW_MS)
    api.log_in("lan", "reviewer")
    body = api.client.get(f"/api/cases/{case_id_of('old')}").json()
    assert body["clause"] is None
    assert "2022-09-25" in body["clause_reason"]["en"]


def test_the_clip_is_served_by_byte_ranges_to_reviewers_only(desk: Running, sealed: Sealed) -> None:
    url = f"/api/cases/{CASE_ID}/files/clip.mp4"
    whole = desk.client.get(url)
    assert (whole.headers["content-type"], whole.headers["cache-control"]) == ("video/mp4", "private, no-store")
    part = desk.client.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert desk.client.get(url, headers={"Range": "bytes=-4"}).content == whole.content[-4:]
    assert desk.client.get(url, headers={"Range": f"bytes={len(whole.content)}-"}).status_code == 416
    assert whole.content != read_file(sealed.data, "clip.mp4")
    desk.log_in("op", "operator")
    assert desk.client.get(url).status_code == 403


def test_the_original_needs_a_reason_which_is_in_the_audit_and_holds_for_this_person_only(
    desk: Running, sealed: Sealed
) -> None:
    url = f"/api/cases/{CASE_ID}"
    clip = f"{url}/files/clip.mp4?original=true"
    assert desk.client.get(clip).status_code == 403
    assert desk.client.get(f"{url}/package.zip").status_code == 403
    assert desk.client.get(url).json()["original_until_ms"] is None
    assert desk.client.post(f"{url}/original", json={"reason": "  "}).status_code == 422
    body = desk.client.post(f"{url}/original", json={"reason": "the helmet cannot be seen"}).json()
    assert body["original_until_ms"] > NOW_MS
    with desk.state.store.reading() as session:
        newest = list_audit(session, 1)[0]
    assert (newest.actor, newest.action, newest.detail) == ("lan", "case.original", "the helmet cannot be seen")
    assert desk.client.get(clip).content == read_file(sealed.data, "clip.mp4")
    assert desk.client.get(f"{url}/package.zip").content == sealed.data
    desk.log_in("mai", "reviewer")
    assert desk.client.get(clip).status_code == 403


def test_the_redacted_copy_is_a_signed_package_that_names_its_original(desk: Running, sealed: Sealed) -> None:
    data = desk.client.get(f"/api/cases/{CASE_ID}/redacted.zip").content
    verdict = verify_package(data, {SEALING.public_hex})
    assert verdict.ok
    assert verdict.manifest is not None
    assert verdict.manifest["original_manifest_sha256"] == sealed.manifest_sha256


def test_without_a_good_redacted_copy_nothing_is_shown_until_a_reason_is_given(desk: Running) -> None:
    url = f"/api/cases/{CASE_ID}"
    desk.state.media.put("evidence/1.redacted.zip", b"no package")
    assert desk.client.get(url).json()["has_copy"] is False
    answer = desk.client.get(f"{url}/files/clip.mp4")
    assert answer.status_code == 404
    desk.client.post(f"{url}/original", json={"reason": "no copy"})
    assert desk.client.get(f"{url}/files/clip.mp4?original=true").status_code == 200


def test_every_look_is_in_the_audit(desk: Running) -> None:
    desk.client.get(f"/api/cases/{CASE_ID}/files/frame_at.png")
    with desk.state.store.reading() as session:
        newest = list_audit(session, 1)[0]
    assert (newest.actor, newest.action, newest.subject, newest.detail) == ("lan", "case.view", CASE_ID, "frame_at.png")


def test_a_player_that_reads_in_pieces_is_one_look(desk: Running) -> None:
    for start in range(0, 500, 100):
        headers = {"Range": f"bytes={start}-{start + 99}"}
        assert desk.client.get(f"/api/cases/{CASE_ID}/files/clip.mp4", headers=headers).status_code == 206
    with desk.state.store.reading() as session:
        assert [entry.detail for entry in list_audit(session, 10)].count("clip.mp4") == 1


@pytest.mark.parametrize("name", ["none.png", "../1.zip", "%2e%2e/%2e%2e/store.sqlite", "manifest.json"])
def test_only_files_that_the_manifest_names_are_served(desk: Running, name: str) -> None:
    assert desk.client.get(f"/api/cases/{CASE_ID}/files/{name}").status_code == 404


def test_approve_undo_reject(desk: Running) -> None:
    url = f"/api/cases/{CASE_ID}"
    approved = desk.client.post(f"{url}/decision", json={"verdict": "approve"}).json()
    assert (approved["status"], approved["decision"]["actor"]) == ("approved", "lan")
    assert desk.client.post(f"{url}/decision", json={"verdict": "approve"}).status_code == 409
    holders = desk.state.media.list_holders("evidence/1.zip")
    assert len(holders) == 1  # what is approved never goes by itself
    assert desk.client.post(f"{url}/undo").json()["status"] == "open"
    assert desk.state.media.list_holders("evidence/1.zip") == holders
    assert desk.client.post(f"{url}/decision", json={"verdict": "reject"}).status_code == 409
    body = {"verdict": "reject", "reason_code": "light_unclear", "text": "sun"}
    assert desk.client.post(f"{url}/decision", json=body).json()["decision"]["reason_code"] == "light_unclear"
    assert desk.state.media.list_holders("evidence/1.zip") == []
    assert desk.client.get("/api/cases?status=rejected").json()["counts"] == {"red_light": 1}


def change_a_byte(desk: Running, sealed: Sealed, at: int) -> None:
    data = bytearray(sealed.data)
    data[at] ^= 1
    desk.state.media.put("evidence/1.zip", bytes(data))


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_changed_byte_is_found_and_keeps_the_case_from_being_approved(
    desk: Running, sealed: Sealed, part: float
) -> None:
    change_a_byte(desk, sealed, round(len(sealed.data) * part))
    verdict = desk.client.post(f"/api/cases/{CASE_ID}/verify").json()
    assert verdict["ok"] is False
    assert verdict["problems"]
    answer = desk.client.post(f"/api/cases/{CASE_ID}/decision", json={"verdict": "approve"})
    assert answer.status_code == 409
    assert desk.client.get(f"/api/cases/{CASE_ID}").json()["verification"]["ok"] is False


def test_a_package_sealed_anew_by_another_key_is_found(desk: Running, tmp_path: Path) -> None:
    piece = encode([np.zeros((120, 160, 3), np.uint8)] * 2, [0.0, 0.2])
    other = load_or_make_key(tmp_path / "other.pem")
    forged = seal(
        compose(candidate(), parse_camera(CAMERA), [StoredPiece(piece.data, (NOW_MS, NOW_MS + 200))]), other, Link()
    )
    desk.state.media.put("evidence/1.zip", forged.data)
    verdict = desk.client.post(f"/api/cases/{CASE_ID}/verify").json()
    assert verdict["ok"] is False
    assert "another key" in "; ".join(verdict["problems"])


def test_a_lost_package_is_said_and_nothing_breaks(desk: Running) -> None:
    desk.state.media.delete("evidence/1.zip")
    body = desk.client.get(f"/api/cases/{CASE_ID}")
    assert (body.status_code, body.json()["verification"]["ok"], body.json()["files"]) == (200, False, [])
    assert desk.client.get(f"/api/cases/{CASE_ID}/files/clip.mp4").status_code == 200  # the copy is still there
    desk.client.post(f"/api/cases/{CASE_ID}/original", json={"reason": "look"})
    assert desk.client.get(f"/api/cases/{CASE_ID}/files/clip.mp4?original=true").status_code == 404


def test_a_case_without_evidence_can_be_rejected_only(api: Running) -> None:
    bare = msgspec.structs.replace(candidate("bare"), evidence=None)
    with api.state.store.transaction() as session:
        open_case(session, bare, NOW_MS)
    api.log_in("lan", "reviewer")
    url = f"/api/cases/{case_id_of('bare')}"
    assert api.client.post(f"{url}/decision", json={"verdict": "approve"}).status_code == 409
    body = {"verdict": "reject", "reason_code": "vehicle_unclear"}
    assert api.client.post(f"{url}/decision", json=body).status_code == 200
