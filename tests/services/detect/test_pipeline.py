"""The whole step on the embedded log: capture and detect side by side, stopped, and started anew."""

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from schemas.camera import CameraState
from schemas.camera_watch import CameraSight
from schemas.text import Text
from schemas.topics import TOPICS
from schemas.violation import Candidate
from services.capture import pipeline as capture
from services.city.folder import City, write_city
from services.context import Context
from services.detect import pipeline as detect
from services.detect.desk import Detection
from services.detect.recorded import MOST_KEPT, UNWATCHED
from services.detect.warm import warm_up
from services.media.store import open_media
from services.settings import Settings
from services.stream import open_stream
from services.stream.base import Outgoing, Stream
from tests.services.detect.street import CAMERA, camera_detector, segments
from tests.vision.builders import key
from vision.scenes.street import street_camera_yaml


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    city = tmp_path / "city"
    write_city(
        city,
        City(
            id="t",
            name=Text(vi="T", en="T"),
            timezone="Asia/Ho_Chi_Minh",
            bbox=(105, 20, 106, 21),
            epsg=32648,
            origin="sample",
        ),
    )
    (city / "cameras").mkdir()
    scene = street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0))
    (city / "cameras" / "SC-01.yaml").write_text(scene, encoding="utf-8")
    (city / "cameras" / "SC-02.yaml").write_text(scene.replace("frame: [960, 540]", "frame: 640"), encoding="utf-8")
    return Settings(
        {
            "STREAM_URL": f"sqlite:///{tmp_path}/stream",
            "MEDIA_URL": f"file://{tmp_path}/media",
            "CITY_DIR": str(city),
            "HANOI_VISION_KEY_FILE": str(tmp_path / "key.pem"),
        }
    )


def run_until(settings: Settings, runs: list[Callable[[Context], None]], done: Callable[[Stream], bool]) -> None:
    stop = threading.Event()
    streams = [open_stream(settings.place.stream_url) for _ in runs]
    threads = [
        threading.Thread(target=run, args=(Context(settings, stream, stop=stop),), daemon=True)
        for run, stream in zip(runs, streams, strict=True)
    ]
    with open_stream(settings.place.stream_url) as watch:
        watch.ensure_topics(TOPICS.values())
        for thread in threads:
            thread.start()
        for _ in range(400):
            if done(watch):
                break
            stop.wait(0.1)
        stop.set()
        for thread in threads:
            thread.join(timeout=10)
        assert not any(thread.is_alive() for thread in threads)
        assert done(watch)
    for stream in streams:
        stream.close()


def count(stream: Stream, topic: str) -> int:
    return sum(stream.end_offsets(topic).values())


def test_a_camera_goes_from_pictures_to_health_and_a_broken_camera_file_stops_nobody(settings: Settings) -> None:
    run_until(
        settings,
        [capture.run, detect.run],
        lambda stream: count(stream, "camera.segments") >= 2 and count(stream, "camera.health") >= 2,
    )


def put(stream: Stream, settings: Settings, first: int, last: int) -> None:
    media = open_media(settings.place.media_url)
    made = segments(media, last)[first:last]
    producer = stream.producer()
    producer.send([Outgoing("camera.segments", b"SC-01", msgspec.json.encode(segment)) for segment in made])
    producer.flush()
    producer.close()


def detection(settings: Settings) -> Detection:
    return Detection({"SC-01": CAMERA}, camera_detector, open_media(settings.place.media_url), key())


def test_an_act_that_waited_when_the_step_died_is_not_lost(settings: Settings) -> None:
    made = segments(open_media(settings.place.media_url))
    steady = detection(settings)
    whole = {m.candidate_id for s in made for _, _, m in steady.take(s, s.end_ms) if isinstance(m, Candidate)}
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        put(stream, settings, 0, 7)  # the run on red is at 11 s; 14 s were recorded when the step died
        anew = detection(settings)
        outputs, seen = warm_up(stream, anew, lambda: made[6].end_ms, lambda: False)
    assert sorted(offset for _, offset in seen) == list(range(7))
    outputs += [output for segment in made[7:] for output in anew.take(segment, segment.end_ms)]
    assert whole
    assert {m.candidate_id for _, _, m in outputs if isinstance(m, Candidate)} == whole


def test_warming_up_ends_at_what_was_there_when_it_began(settings: Settings) -> None:
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        put(stream, settings, 0, 3)
        outputs, seen = warm_up(stream, detection(settings), lambda: 1_795_000_000_000, lambda: False)
        assert sorted(offset for _, offset in seen) == [0, 1, 2]
        assert [topic for topic, *_ in outputs] == ["camera.health"]


def test_a_segment_that_cannot_be_read_is_a_dead_letter_that_says_how_to_mend_it_and_its_file_is_kept(
    settings: Settings,
) -> None:
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        put(stream, settings, 0, 2)
    media = open_media(settings.place.media_url)
    media.put("segments/0.mp4", b"the disk gave something else")
    run_until(settings, [detect.run], lambda stream: count(stream, "camera.segments.dead") == 1)
    with open_stream(settings.place.stream_url) as stream:
        tail = stream.tail(["camera.segments.dead"], since_ms=0)
        (record,) = tail.poll(10, 5.0)
        tail.close()
    reason = dict(record.headers)["reason"].decode()
    assert reason.startswith("segment 0 of camera SC-01 (media:segments/0.mp4, ")
    assert "announced SHA-256" in reason
    assert "hanoi stream dead replay camera.segments" in reason
    assert media.list_holders("segments/0.mp4") == [UNWATCHED]
    assert media.list_holders("segments/1.mp4") == []


def test_a_camera_that_sends_nothing_usable_does_not_stop_the_others_of_its_partition(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detect, "MAX_SEGMENTS", 150)  # all that is bad in one batch, what is good in the next
    media = open_media(settings.place.media_url)
    good = segments(media, 1)[0]
    bad = [msgspec.structs.replace(good, uri=f"media:segments/gone-{i}.mp4") for i in range(150)]
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
        producer = stream.producer()
        producer.send([Outgoing("camera.segments", b"SC-01", msgspec.json.encode(one)) for one in [*bad, good]])
        producer.flush()
        producer.close()
    run_until(settings, [detect.run], lambda stream: count(stream, "camera.health") == 2)
    with open_stream(settings.place.stream_url) as stream:
        assert count(stream, "camera.segments.dead") == MOST_KEPT
        tail = stream.tail(["camera.health"], since_ms=0)
        told = [msgspec.json.decode(record.value, type=CameraSight) for record in tail.poll(10, 5.0)]
        tail.close()
    assert {health.state for health in told} == {CameraState.LOST, CameraState.OK}
