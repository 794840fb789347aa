import hashlib
import itertools
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from schemas.camera import CameraState
from schemas.camera_watch import CameraSight
from schemas.violation import Candidate
from services.detect.desk import MOST_UNKEPT, Detection
from services.detect.recorded import UNWATCHED, SegmentError
from services.media.errors import MediaFullError
from services.media.store import MediaStore, open_media
from tests.services.detect.street import CAMERA, camera_detector, segments, shipped
from tests.vision.builders import START_MS, key, parts
from vision.camera import CameraConfig
from vision.detector.base import Detections
from vision.evidence.collector import Claim
from vision.evidence.verify import verify_package
from vision.frames import Frame


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return open_media(f"file://{tmp_path}")


def detection(media: MediaStore, cameras: dict[str, CameraConfig] | None = None) -> Detection:
    return Detection({"SC-01": CAMERA} if cameras is None else cameras, camera_detector, media, key())


def candidates(outputs: list[tuple[str, str, object]]) -> list[Candidate]:
    return [message for topic, _, message in outputs if isinstance(message, Candidate) and topic]


def test_an_act_becomes_a_candidate_whose_package_is_stored_and_intact(media: MediaStore) -> None:
    watch, outputs = detection(media), []
    for segment in segments(media):
        outputs += watch.take(segment, segment.end_ms)
    found = candidates(outputs)
    assert found
    for candidate in found:
        assert candidate.evidence is not None
        assert media.list_holders(candidate.evidence.uri) == [candidate.candidate_id]
        data = media.read(candidate.evidence.uri)
        assert hashlib.sha256(data).hexdigest() == candidate.evidence.sha256
        verdict = verify_package(data, {key().public_hex})
        assert verdict.ok
        assert verdict.manifest is not None
        clip = verdict.manifest["clip"]
        assert clip["lacks"] == []
        assert clip["start_ms"] <= candidate.time_ms - 6000
        assert clip["end_ms"] >= candidate.time_ms + 5800


def test_the_same_segments_again_give_the_same_candidates_and_never_replace_a_package(media: MediaStore) -> None:
    made = segments(media)  # red from 1 s on, the first runs at 11 s
    first, again = detection(media), detection(media)
    one = candidates([o for s in made for o in first.take(s, s.end_ms)])
    late = made[1:]  # as after a restart: it began later, so its counts of frames and tracks differ
    two = candidates([o for s in late for o in again.take(s, s.end_ms)])
    by_id = {c.candidate_id: c for c in one}
    assert two
    for candidate in two:
        assert candidate.evidence == by_id[candidate.candidate_id].evidence


def test_a_recording_that_begins_again_is_watched_anew(media: MediaStore) -> None:
    made = segments(media)  # red from 1 s on, the first runs at 11 s
    watch = detection(media)
    one = candidates([o for s in made for o in watch.take(s, s.end_ms)])
    two = candidates([o for s in made for o in watch.take(s, s.end_ms)])
    assert {c.candidate_id for c in one} <= {c.candidate_id for c in two}


def test_an_act_near_the_end_is_told_when_nothing_more_comes(media: MediaStore) -> None:
    made = segments(media, 5)
    watch = detection(media)
    outputs = [o for s in made for o in watch.take(s, s.end_ms)]
    assert watch.quiet(made[-1].end_ms + 1000) == []
    late = watch.quiet(made[-1].end_ms + 20_000)
    assert all(topic in {"camera.counts", "violations.candidates"} for topic, *_ in late)
    assert any(topic == "camera.counts" for topic, *_ in late)
    assert watch.quiet(made[-1].end_ms + 40_000) == []
    assert outputs


def test_counts_and_health_carry_the_hash_of_the_model_that_candidates_name(media: MediaStore) -> None:
    watch = detection(media)
    made = segments(media)
    outputs = [o for s in made for o in watch.take(s, s.end_ms)] + watch.quiet(made[-1].end_ms + 20_000)
    hashes = {topic: getattr(message, "model_sha256", None) for topic, _, message in outputs}
    named = {c.versions["model_sha256"] for c in candidates(outputs)}
    assert {hashes["camera.counts"], hashes["camera.health"]} == named == {shipped().sha256}


def test_an_unknown_camera_changed_bytes_and_absent_bytes_are_refused_with_a_reason(media: MediaStore) -> None:
    segment = segments(media, 1)[0]
    with pytest.raises(SegmentError, match="SC-01 is not in the city folder"):
        detection(media, {}).take(segment, segment.end_ms)
    with pytest.raises(SegmentError, match="announced SHA-256"):
        detection(media).take(msgspec.structs.replace(segment, sha256="0" * 64), segment.end_ms)
    media.delete(segment.uri)
    with pytest.raises(SegmentError, match="is absent"):
        detection(media).take(segment, segment.end_ms)


def test_bytes_that_are_no_video_are_refused_and_the_next_segment_is_watched(media: MediaStore) -> None:
    watch, made = detection(media), segments(media, 2)
    noise = b"no video at all" * 50
    uri = media.put("segments/noise.mp4", noise)
    bad = msgspec.structs.replace(made[0], uri=uri, sha256=hashlib.sha256(noise).hexdigest())
    with pytest.raises(SegmentError, match=r"segment 0 of camera SC-01 \(media:segments/noise.mp4.*cannot be opened"):
        watch.take(bad, bad.end_ms)
    assert media.list_holders(uri) == [UNWATCHED]
    assert [topic for topic, *_ in watch.take(made[1], made[1].end_ms)] == ["camera.health"]


class Failing:
    """A detector that fails as no detector should, once."""

    name, sha256 = "failing", "0" * 64

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, frame: Frame) -> Detections:
        self.calls += 1
        if self.calls == 1:
            raise ZeroDivisionError("float division by zero")
        return shipped().detect(frame)


def test_what_nobody_foresaw_costs_a_segment_and_neither_the_camera_nor_the_others(media: MediaStore) -> None:
    failing, made = Failing(), segments(media, 2)
    watch = Detection({"SC-01": CAMERA}, lambda camera: failing, media, key())
    with pytest.raises(SegmentError, match="was not watched: ZeroDivisionError: float division by zero") as caught:
        watch.take(made[0], made[0].end_ms)
    assert caught.value.is_kept
    assert [topic for topic, *_ in watch.take(made[1], made[1].end_ms)] == ["camera.health"]


def test_a_camera_whose_segments_cannot_be_watched_says_so_once_and_says_when_they_can(media: MediaStore) -> None:
    watch, made = detection(media), segments(media, 4, clock="live")
    health = []
    for segment, is_bad in zip(made, (False, True, True, False), strict=True):
        if is_bad:
            health += watch.refused(segment, "the picture turned", segment.end_ms)
        else:
            health += watch.take(segment, segment.end_ms)
    messages = [m for _, _, m in health if isinstance(m, CameraSight)]
    assert [m.state for m in messages] == [CameraState.OK, CameraState.LOST, CameraState.OK]
    assert "the picture turned" in messages[1].text.en


def test_what_is_said_of_live_pictures_is_as_old_as_they_are(media: MediaStore) -> None:
    segment = segments(media, 1, clock="live")[0]
    ((_, _, health),) = detection(media).take(segment, segment.end_ms + 5_000)
    assert isinstance(health, CameraSight)
    assert health.time_ms == segment.end_ms


def test_live_pictures_that_lie_behind_are_skipped_and_counted(media: MediaStore) -> None:
    watch = detection(media)
    made = segments(media, 3, clock="live")
    behind = [0, 9_000, 70_000]
    health = []
    for segment, late_ms in zip(made, behind, strict=True):
        health += watch.take(segment, segment.end_ms + late_ms)
    last = [m for _, _, m in health if isinstance(m, CameraSight)][-1]
    assert (last.frames, last.skipped) == (60, 30)


def test_a_recording_is_never_skipped(media: MediaStore) -> None:
    watch = detection(media)
    outputs = [o for s in segments(media, 2) for o in watch.take(s, s.end_ms + 10**9)]
    assert all(m.skipped == 0 for _, _, m in outputs if isinstance(m, CameraSight))


def test_the_camera_file_chooses_whether_pictures_are_skipped(media: MediaStore) -> None:
    def skipped(clock: str, mode: str) -> int:
        camera = replace(CAMERA, mode=mode)
        watch = Detection({"SC-01": camera}, camera_detector, media, key())
        outputs = [o for s in segments(media, 3, clock=clock) for o in watch.take(s, s.received_ms + 30_000)]
        outputs += watch.take(late := segments(media, 4, clock=clock)[-1], late.received_ms + 60_000)
        return [m.skipped for _, _, m in outputs if isinstance(m, CameraSight)][-1]

    assert skipped("live", "capacity") == 0
    assert skipped("recorded", "real_time") == 4 * 10  # of ten a second every second, not every fourth


def test_without_weights_the_camera_is_reported_and_no_rule_runs(media: MediaStore) -> None:
    segment = segments(media, 1)[0]
    watch = Detection({"SC-01": CAMERA}, lambda camera: None, media, key())
    outputs = watch.take(segment, segment.end_ms)
    assert [topic for topic, *_ in outputs] == ["camera.health"]
    message = outputs[0][2]
    assert isinstance(message, CameraSight)
    assert "HANOI_VISION_WEIGHTS" in message.text.en
    assert message.model_sha256 is None
    assert watch.take(segments(media, 2)[1], segment.end_ms) == []  # a recording says it once


def test_a_live_camera_without_weights_says_so_each_ten_seconds_and_since_when(media: MediaStore) -> None:
    watch = Detection({"SC-01": CAMERA}, lambda camera: None, media, key())
    made = segments(media, clock="live")
    told = [m for s in made for _, _, m in watch.take(s, s.end_ms) if isinstance(m, CameraSight)]
    assert {m.since_ms for m in told} == {made[0].start_ms}
    assert all(later.time_ms - one.time_ms >= 10_000 for one, later in itertools.pairwise(told))
    assert (len(told), told[-1].frames) == (3, 20 * 11)


def test_while_the_clock_of_a_camera_is_off_it_says_so_and_no_rule_runs(media: MediaStore) -> None:
    watch, outputs = detection(media), []
    for segment in segments(media):
        outputs += watch.take(msgspec.structs.replace(segment, clock_off_ms=900), segment.end_ms)
    states = [m.state for _, _, m in outputs if isinstance(m, CameraSight)]
    assert states[-1] is CameraState.CLOCK
    assert candidates(outputs) == []


def test_a_clock_that_fell_behind_is_told_with_the_time_since_when_it_may_have_been_off(media: MediaStore) -> None:
    watch, outputs = detection(media), []
    made = segments(media, 6, clock="live")
    for number, segment in enumerate(made):
        off_ms = 900 if number >= 3 else 0
        outputs += watch.take(msgspec.structs.replace(segment, clock_off_ms=off_ms), segment.end_ms)
    told = [m for _, _, m in outputs if isinstance(m, CameraSight) and m.state is CameraState.CLOCK]
    assert abs(told[0].since_ms - (made[2].end_ms - 32_000)) <= 1_000


def test_what_is_found_while_the_media_store_is_full_waits_and_is_sealed_when_there_is_room(
    media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str, data: bytes) -> bool:
        raise MediaFullError("no room")

    watch = detection(media)
    claims = [Claim(made.candidate, made) for made in (parts(START_MS + i * 1000) for i in range(MOST_UNKEPT))]
    with monkeypatch.context() as patch:
        patch.setattr(media, "create", full)
        assert watch._kept(claims[:-1]) == []
        assert not watch.is_full
        assert watch._kept(claims[-1:]) == []
        assert watch.is_full  # no more segments are taken
    told = candidates(watch.quiet(START_MS))
    assert [c.candidate_id for c in told] == [claim.candidate.candidate_id for claim in claims]
    assert not watch.is_full
    assert all(c.evidence is not None and verify_package(media.read(c.evidence.uri)).ok for c in told)
