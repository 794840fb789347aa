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
