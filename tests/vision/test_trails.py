"""What is remembered of a road user heeds only looks at its foot."""

from msgspec.structs import replace

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


def rides(cut: float, turns: bool = True) -> tuple[bool, float]:
    """Let a rider ride away, a car close behind at last, a share of its box covered then; tell how it is placed.

    Returns
    -------
    tuple
        Whether by its foot, and how far from where it is, metres.
    """
    trails, road = Trails(Road(camera((), [going()]))), Road(camera((), [going()]))
    for tenth in range(30):
        north = 20.0 + 0.1 * tenth if turns else 23.0
        box = box_of("motorcycle", (0.0, north, 0.0))
        assert box is not None
        whole = Look(1, START_MS + 100 * tenth, tenth, box, 0.9, "motorcycle", 3)
        looks = [whole]
        if tenth == 29:
            near = box_of("car", (0.3, 16.0, 0.0))
            assert near is not None
            shown = replace(whole, box=(*box[:3], box[3] - cut * whole.height_px))
            looks = [shown, replace(whole, track_id=2, box=near, label="car")]
        trails.step(whole.time_ms, looks)
    (truly,) = road.places([whole])
    assert truly is not None
    place = trails.by_id[1].place
    return place.is_foot, place.metres_to(truly)


def test_a_box_that_is_cut_by_an_eighth_tells_its_place_by_its_head() -> None:
    is_foot, off_m = rides(cut=0.12)
    assert not is_foot
    assert off_m < 0.2


def test_a_whole_box_close_before_somebody_stands_on_its_foot() -> None:
    assert rides(cut=0.0) == (True, 0.0)


def test_how_high_a_head_is_is_not_learnt_before_it_is_known_where_its_road_user_drives() -> None:
    assert rides(cut=0.12, turns=False)[0]


def test_who_is_covered_all_along_drives_where_its_head_goes() -> None:
    trails = Trails(Road(camera((), [going()])))
    for tenth in range(40):
        box = box_of("motorcycle", (0.0, 20.0 + 0.2 * tenth, 0.0))
        assert box is not None
        trails.step(
            START_MS + 100 * tenth,
            [Look(1, START_MS + 100 * tenth, tenth, box, 0.9, "motorcycle", 3, foot_hidden=True)],
        )
    heading = trails.by_id[1].heading
    assert heading is not None
    assert heading[1] > 0.99
