"""What a camera says of each minute of a junction, beside what was really there."""

import dataclasses

import pytest

from services.score.counts import Sheet, count_scene
from services.score.scene_run import SceneCase
from tests.vision.builders import small_camera
from tests.vision.rules.stage import Actor, camera, frames, going, stops, straight
from vision.counting import COUNT_MS, Counter
from vision.observer import Observer
from vision.queue import chain
from vision.scenes.arrivals import Flow
from vision.scenes.pinhole import approach_camera
from vision.standing import LOST_MS, Standing
from vision.tracks import Look

START_MS = 1_700_000_040_000  # a whole minute
FLOW = Flow({"south": 1500.0, "north": 200.0, "east": 150.0, "west": 150.0}, people_per_hour=60.0)


def look(time_ms: int, x: float, y: float, track: int = 1, label: str = "car") -> Look:
    return Look(track, time_ms, 0, (x - 10, y - 20, x + 10, y), 0.9, label, 5)


def test_minutes_of_a_living_junction_tell_who_crossed_how_full_it_was_and_how_long_the_queue() -> None:
    sheet = Sheet()
    count_scene(SceneCase(5, 2.75, {}, (), approach_camera, fps=5.0, flow=FLOW), sheet)
    assert len(sheet.minutes) == 2
    for said, true in sheet.minutes:
        assert said.end_ms - said.start_ms == COUNT_MS
        # Who is behind others while it crosses, or stands in a queue, has a box of its head or none: some are missed.
        assert sum(said.counts.values()) == pytest.approx(true.crossings.total(), rel=0.12, abs=2)
        assert said.occupancy == pytest.approx(sum(true.covered) / len(true.covered), abs=0.12)
        assert said.queue_m == pytest.approx(true.queue_m, abs=2.5)
        assert said.queue_vehicles == pytest.approx(true.queue_vehicles, rel=0.2, abs=3)
        assert said.stopped == pytest.approx(true.stopped, rel=0.2, abs=2)
    assert max(true.queue_vehicles for _, true in sheet.minutes) >= 5
    assert "queue_m" in sheet.report("short")


def test_who_breaks_down_before_the_line_stands_over_the_minutes_end_and_the_queue_has_its_age() -> None:
    road = camera((), [going("away", 30.0)])
    observer = Observer(road)
    counter = Counter(road, observer.views)
    actors = [Actor("car", stops((0.0, 26.0), 0.0, 6.0, 1e9)), Actor("car", stops((0.0, 18.0), 0.0, 6.0, 1e9, 8.0))]
    actors += [Actor("motorcycle", straight((4.0, 2.0), 0.0, 8.0, 10.0))]
    minutes = []
    for time_ms, looks in frames(actors, 190.0, fps=5.0):
        observer.step(time_ms, looks)
        minutes += counter.step(time_ms, observer.trails, is_blind=False)
    last = minutes[-1]
    assert last.standing_s is not None
    assert last.standing_s > 60.0
    assert (last.queue_vehicles, last.stopped) == (2, 2)
    assert last.queue_m == pytest.approx(30.0 - 18.0 + 2.2, abs=1.0)
    assert last.queue_since_ms is not None
    assert last.queue_since_ms < minutes[0].end_ms
    assert sum(sum(row.counts.values()) for row in minutes) == 1


def watched(times_ms: list[int], blind: tuple[int, int] = (0, 0)) -> dict[int, float | None]:
    """Return by the number of the minute how many seconds of it were watched, the last told at the end."""
    road = camera((), [going("away", 30.0)])
    observer = Observer(road)
    counter = Counter(road, observer.views)
    said = []
    for at_ms in times_ms:
        observer.step(START_MS + at_ms, [])
        said += counter.step(START_MS + at_ms, observer.trails, is_blind=blind[0] <= at_ms < blind[1])
    return {(row.start_ms - START_MS) // COUNT_MS: row.watched_s for row in [*said, *counter.flush()]}


def test_a_minute_says_for_how_long_it_was_watched() -> None:
    whole = list(range(0, 150_000, 200))
    assert watched(whole) == {0: 60.0, 1: 60.0, 2: 29.8}
    assert watched([at for at in whole if at >= 40_000]) == {0: 20.0, 1: 60.0, 2: 29.8}  # begun within it
    assert watched([at for at in whole if not 50_000 < at < 65_000]) == {0: 50.0, 1: 55.0, 2: 29.8}  # a gap
    assert watched(whole, blind=(70_000, 100_000)) == {0: 60.0, 1: pytest.approx(29.8), 2: 29.8}
    assert watched(list(range(0, 150_000, 400)))[1] == 60.0
    assert watched(list(range(0, 150_000, 667)))[1] == 0.0  # every fourth of six a second: nobody is followed


@pytest.mark.parametrize(("fps", "least", "most"), [(3.0, 0.8, 1.1), (1.5, 0.0, 0.1)])
def test_pictures_too_far_apart_to_count_by_are_no_watched_time(fps: float, least: float, most: float) -> None:
    sheet = Sheet()
    count_scene(SceneCase(5, 2.75, {}, (), approach_camera, fps=fps, flow=FLOW), sheet)
    for said, true in sheet.minutes:
        assert least <= sum(said.counts.values()) / true.crossings.total() <= most
        assert said.is_watched == (most > 0.5)


def test_what_comes_of_a_minute_after_it_was_told_is_added_and_nothing_is_told_twice() -> None:
    road = camera((), [going("away", 30.0)])
    observer = Observer(road)
    counter = Counter(road, observer.views)
    for at_ms in range(0, 20_000, 200):
        observer.step(START_MS + at_ms, [])
        assert counter.step(START_MS + at_ms, observer.trails, is_blind=False) == []
    assert [(row.frames, row.watched_s) for row in counter.flush()] == [(100, 19.8)]
    assert counter.flush() == []
    for at_ms in range(40_000, 60_200, 200):
        observer.step(START_MS + at_ms, [])
        said = counter.step(START_MS + at_ms, observer.trails, is_blind=False)
    assert [(row.frames, row.watched_s) for row in said] == [(200, 39.8)]


def test_a_queue_ends_where_the_next_stands_too_far_behind() -> None:
    assert chain([(1.0, 3.0), (1.5, 5.5), (8.0, 12.0), (40.0, 44.0)]) == (12.0, 3)
    assert chain([(16.0, 20.0)]) == (0.0, 0)


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
    config = dataclasses.replace(small_camera(), rules=())
    observer = Observer(config)
    counter, blind = Counter(config, observer.views), Counter(config, observer.views)
    for time_ms in range(START_MS, START_MS + 50_000, 1000):
        observer.step(time_ms, [look(time_ms, 30.0, 44.0, 1, "person"), look(time_ms, 30.0, 2.0, 2, "motorcycle")])
        counter.step(time_ms, observer.trails, is_blind=False)
        blind.step(time_ms, observer.trails, is_blind=True)
    (said,), (nothing,) = counter.flush(), blind.flush()
    assert (said.standing_s, said.occupancy, said.queue_m, said.stopped) == (0.0, 0.0, 0.0, 0)
    assert (nothing.standing_s, nothing.occupancy, nothing.queue_m, nothing.frames) == (None, None, None, 0)
