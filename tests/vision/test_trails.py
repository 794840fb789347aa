"""What is remembered of a road user heeds only looks at its foot."""

from dataclasses import replace

from tests.vision.builders import START_MS
from tests.vision.rules.stage import box_of, camera, going
from vision.road import Road
from vision.tracks import Look
from vision.trails import Trail, Trails

TRAILS_AT = [(0, 20.0), (1000, 22.0), (2000, 24.0), (3000, 24.0), (4000, 24.0)]


def trail(hidden_ms: int) -> Trail:
    """Drive on for two seconds and stand, the foot hidden up to a moment."""
    trails = Trails(Road(camera((), [going()])))
    for after_ms, north in TRAILS_AT:
        box = box_of("motorcycle", (0.0, north, 0.0))
        assert box is not None
        look = Look(1, START_MS + after_ms, after_ms // 40, box, 0.9, "motorcycle", 3)
        trails.step(look.time_ms, [replace(look, foot_hidden=after_ms < hidden_ms)])
    return trails.by_id[1]


def test_who_stops_stands_since_then() -> None:
    assert trail(0).still_s() == 2.0


def test_nobody_stands_whose_foot_was_never_seen_and_since_it_was_seen_otherwise() -> None:
    assert trail(9000).still_s() == 0.0
    assert trail(3000).still_s() == 1.0


def test_a_box_that_was_too_tall_for_a_moment_is_forgotten_where_nobody_can_cover_it() -> None:
    def foot_seen(others: bool) -> bool:
        trails = Trails(Road(camera((), [going()])))
        for tenth in range(250):
            box, near = box_of("motorcycle", (0.0, 24.0, 0.0)), box_of("car", (1.0, 20.0, 0.0))
            assert box is not None
            assert near is not None
            left, top, right, foot = box
            top -= 0.6 * (foot - top) if tenth < 10 else 0.0  # somebody else's head
            look = Look(1, START_MS + 100 * tenth, tenth, (left, top, right, foot), 0.9, "motorcycle", 3)
            nearer = replace(look, track_id=2, box=near, label="car")
            trails.step(look.time_ms, [look, nearer] if others else [look])
        return trails.by_id[1].place.is_foot

    assert foot_seen(others=False)
    assert not foot_seen(others=True)


def test_who_is_cut_by_the_edge_of_the_picture_shows_no_foot_and_not_how_tall_it_is() -> None:
    trails = Trails(Road(camera((), [going()])))
    box = box_of("bus", (0.0, 24.0, 0.0))
    assert box is not None
    look = Look(1, START_MS, 0, (box[0], 100.0, box[2], 719.0), 0.9, "bus", 3)
    trails.step(look.time_ms, [look])
    assert not trails.by_id[1].place.is_foot
    trails.step(START_MS + 40, [replace(look, time_ms=START_MS + 40, box=box)])
    assert trails.by_id[1].place.is_foot
