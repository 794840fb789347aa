"""What a camera says of each minute of the rendered junction, beside what was really there."""

from itertools import islice

import pytest

from tests.vision.builders import small_camera
from vision.camera import parse_camera
from vision.counting import COUNT_MS, Counter
from vision.detector.scene import SceneDetector
from vision.frames import Frame
from vision.pipeline import Watcher
from vision.rules.crossing import LineWatcher
from vision.scenes.junction import JunctionScene, scene_camera_yaml
from vision.scenes.traffic import LINE_Y, RoadUser
from vision.standing import LOST_MS, Standing
from vision.tracks import Look

START_MS = 1_700_000_040_000  # a whole minute
FRAMES = 1200


def look(time_ms: int, x: float, y: float, track: int = 1, label: str = "car") -> Look:
    return Look(track, time_ms, 0, (x - 10, y - 20, x + 10, y), 0.9, label, 5)


def test_minutes_of_the_scene_tell_how_long_somebody_stood_and_how_full_it_was() -> None:
    scene = JunctionScene(3)
    camera = parse_camera(scene_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0)).encode())
    watcher, counts = Watcher(camera, SceneDetector()), []
    stood: dict[int, float] = {}
    longest: list[float] = []
    for index, (time_s, image) in enumerate(islice(scene.frames(), FRAMES + 1)):
        if index == 200:
            broken = max((u for u in scene.traffic.users if u.front_y > LINE_Y + 30), key=lambda u: -u.foot_y)
        if index > 200:
            broken.speed_px_s = broken.wish_px_s = 0.0
        longest.append(_longest(scene.traffic.users, stood, time_s))
        counts += watcher.step([Frame(index, START_MS + round(time_s * 1000), image)]).counts
    first, second = counts
    assert first.start_ms == START_MS
    assert (first.end_ms - first.start_ms, first.frames) == (COUNT_MS, 600)
    for count, truth in ((first, max(longest[:600])), (second, max(longest[600:FRAMES]))):
        assert count.standing_s == pytest.approx(truth, abs=2.0), "seconds of the frames' clock"
        assert count.occupancy is not None
        assert 0.02 < count.occupancy < 0.9
    assert second.standing_s is not None
    assert second.standing_s > 90.0, "the broken down one stands over the minute's end"


def _longest(users: list[RoadUser], since: dict[int, float], time_s: float) -> float:
    for user in users:
        if user.speed_px_s > 1.0:
            since.pop(user.number, None)
        else:
            since.setdefault(user.number, time_s)
    here = {user.number for user in users if user.foot_y > LINE_Y}
    return max((time_s - at for number, at in since.items() if number in here), default=0.0)


def test_a_box_that_jumps_for_a_frame_stands_and_one_that_drives_on_does_not() -> None:
    standing = Standing()
    places = [100.0] * 20 + [130.0] + [100.0] * 20
    said = [standing.step(i * 100, [look(i * 100, x, 50.0)]) for i, x in enumerate(places)]
    assert said[-1] == pytest.approx(4.0)
    driving = Standing()
    assert max(driving.step(i * 100, [look(i * 100, 5.0 * i, 50.0)]) for i in range(60)) < 1.0


def test_a_track_that_is_lost_and_found_under_another_number_is_the_same_vehicle() -> None:
    standing = Standing()
    standing.step(0, [look(0, 100.0, 50.0)])
    standing.step(3_000, [])
    assert standing.step(6_000, [look(6_000, 102.0, 50.0, track=2)]) == pytest.approx(6.0)
    assert standing.step(7_000 + LOST_MS, [look(7_000 + LOST_MS, 102.0, 50.0, track=3)]) == 0.0


def test_people_and_who_stands_behind_the_line_are_not_of_the_approach_and_a_blind_camera_says_nothing() -> None:
    camera = small_camera()
    lines = {a.id: LineWatcher(a) for a in camera.approaches}
    counter, blind = Counter(camera, lines), Counter(camera, lines)
    for time_ms in range(START_MS, START_MS + 50_000, 1000):
        looks = [look(time_ms, 30.0, 44.0, 1, "person"), look(time_ms, 30.0, 20.0, 2)]
        counter.step(time_ms, looks, {}, is_blind=False)
        blind.step(time_ms, [look(time_ms, 30.0, 44.0)], {}, is_blind=True)
    (said,), (nothing,) = counter.flush(), blind.flush()
    assert (said.standing_s, said.occupancy) == (0.0, 0.0)
    assert (nothing.standing_s, nothing.occupancy, nothing.frames) == (None, None, 50)
