"""Rules on drawn lamps and written-down looks: a line at y = 24, travel upwards, a box 10 px tall."""

import dataclasses

import numpy as np
import pytest
from msgspec import structs

from tests.vision.builders import START_MS, look, small_camera
from vision.camera import LIMITS
from vision.frames import Frame, Image
from vision.observer import Observer
from vision.rules import Finding
from vision.tracks import Look


def lamp_picture(colour: str) -> Image:
    image = np.full((48, 64, 3), 30, np.uint8)
    place = {"red": (6, (30, 30, 210)), "yellow": (12, (20, 120, 200)), "green": (18, (110, 130, 10))}
    if colour in place:
        y, bgr = place[colour]
        image[y - 3 : y + 4, 46:55] = bgr
    return image


def judge(
    rule: str,
    looks: dict[int, list[Look]],
    colours: list[str],
    *,
    end: bool = False,
    limits: dict[str, float] | None = None,
) -> list[Finding]:
    """Run one rule over frames 100 ms apart; ``looks`` by frame, ``colours`` one a frame."""
    camera = dataclasses.replace(small_camera(), rules=(rule,), limits=LIMITS | (limits or {}))
    observer = Observer(camera)
    found: list[Finding] = []
    for i, colour in enumerate(colours):
        time_ms = START_MS + i * 100
        observer.take_lamps(time_ms, observer.read_lamps(Frame(i, time_ms, lamp_picture(colour))))
        found += observer.step(time_ms, looks.get(i, []))
    if end:
        found += observer.finish(START_MS + (len(colours) - 1) * 100)
    return found


def ride(
    first: int, count: int, x: float = 32.0, start: float = 44.0, px: float = -1.6, **kind: object
) -> dict[int, list[Look]]:
    return {first + i: [look(first + i, x, start + px * i, **kind)] for i in range(count)}  # type: ignore[arg-type]


RED = ["red"] * 60


def test_a_ride_over_the_line_on_red_is_found_once_with_its_time() -> None:
    found = judge("red_light", ride(10, 25), RED)
    assert len(found) == 1
    assert found[0].time_ms == START_MS + 2250  # 44 → 24 px at 1.6 px a frame is 12.5 frames after frame 10
    assert found[0].measured["after_red_s"] == pytest.approx(2.25)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_box_that_shrinks_because_somebody_covers_its_foot_does_not_cross(*, hidden: bool) -> None:
    looks = ride(0, 30, start=26.0, px=0.0) | ride(30, 25, start=26.0, px=-0.4)
    for frame in range(30, 55):
        looks[frame] = [structs.replace(one, foot_hidden=hidden) for one in looks[frame]]
    assert len(judge("red_light", looks, RED)) == (0 if hidden else 1)


def test_who_is_covered_on_the_line_crosses_between_the_looks_before_and_behind_it() -> None:
    looks = ride(10, 25)
    for frame in range(21, 25):
        looks[frame] = [structs.replace(one, foot_hidden=True) for one in looks[frame]]
    (found,) = judge("red_light", looks, RED)
    assert found.time_ms == pytest.approx(START_MS + 2250, abs=40)


@pytest.mark.parametrize("colour", ["green", "yellow", "unknown"])
def test_under_any_other_lamp_nothing_is_claimed(colour: str) -> None:
    assert judge("red_light", ride(10, 25), [colour] * 60) == []


def test_within_the_grace_after_red_began_nothing_is_claimed() -> None:
    assert judge("red_light", ride(10, 25), ["yellow"] * 20 + ["red"] * 40) == []


def test_a_start_just_before_green_is_not_claimed() -> None:
    assert judge("red_light", ride(10, 25), ["red"] * 34 + ["green"] * 26) == []


def test_the_same_start_is_claimed_where_the_camera_file_allows_no_early_start() -> None:
    colours = ["red"] * 34 + ["green"] * 26
    assert len(judge("red_light", ride(10, 25), colours, limits={"early_start_s": 0.2})) == 1


def test_a_queue_pushed_over_the_line_that_stands_there_is_no_red_light_ride() -> None:
    pushed = {10 + i: [look(10 + i, 32.0, max(20.0, 44.0 - 1.6 * i), label="car")] for i in range(45)}
    assert judge("red_light", pushed, RED, end=True) == []


def test_a_car_that_stands_across_the_line_with_its_rear_behind_it_is_nothing() -> None:
    standing = {i: [look(i, 32.0, 27.0, label="car")] for i in range(60)}
    assert judge("red_light", standing, RED, end=True) == []
    assert judge("stop_line", standing, RED, end=True) == []


def test_one_that_joined_midway_is_not_claimed() -> None:
    assert judge("red_light", ride(10, 25, start=25.0), RED) == []
    assert judge("red_light", ride(10, 25, start=20.0), RED) == []


def test_a_leap_over_the_line_is_a_mix_up_and_not_claimed() -> None:
    looks = ride(10, 12) | ride(22, 12, start=10.0)
    assert judge("red_light", looks, RED) == []


def test_beside_the_line_nothing_is_crossed() -> None:
    assert judge("red_light", ride(10, 25, x=90.0), RED) == []


def test_against_the_travel_nothing_is_claimed() -> None:
    assert judge("red_light", ride(10, 25, start=4.0, px=1.6), RED) == []


def test_someone_on_foot_is_no_driver() -> None:
    assert judge("red_light", ride(10, 25, label="person"), RED) == []


def test_one_road_user_seen_as_two_is_claimed_once() -> None:
    twice = {i: [one[0], look(i, 33.0, one[0].ground[1] - 1, track_id=2)] for i, one in ride(10, 25).items()}
    assert len(judge("red_light", twice, RED)) == 1


def test_two_that_ride_side_by_side_are_two() -> None:
    twice = {i: [one[0], look(i, 50.0, one[0].ground[1], track_id=2)] for i, one in ride(10, 25).items()}
    assert len(judge("red_light", twice, RED)) == 2


def test_one_behind_the_other_at_one_place_of_the_line_are_two() -> None:
    first = ride(5, 40)
    behind = ride(5, 40, start=44.0 + 16.0, track_id=2)  # a second later at the same place, seen together
    looks = {frame: [*first[frame], *behind[frame]] for frame in first}
    assert [f.track_id for f in judge("red_light", looks, RED)] == [1, 2]


@pytest.mark.parametrize(("from_px", "claimed"), [(19.0, 1), (23.0, 0)])
def test_an_identity_must_be_sure_until_the_rear_is_clearly_past_the_line(from_px: float, claimed: int) -> None:
    def doubted(seen: Look) -> Look:
        return structs.replace(seen, sure_since_ms=seen.time_ms) if seen.ground[1] < from_px else seen

    looks = {frame: [doubted(seen) for seen in row] for frame, row in ride(10, 25).items()}
    assert len(judge("red_light", looks, RED)) == claimed


def test_a_recording_that_ends_on_red_says_so() -> None:
    found = judge("red_light", ride(10, 25), ["red"] * 33, end=True)
    assert len(found) == 1
    assert "recording_ends" in found[0].exceptions


def test_standing_wholly_past_the_line_until_red_ends_is_a_stop_line_case_once() -> None:
    stands = {10 + i: [look(10 + i, 32.0, max(20.0, 44.0 - 1.6 * i))] for i in range(60)}
    found = judge("stop_line", stands, ["red"] * 60 + ["green"] * 20)
    assert len(found) == 1
    assert found[0].measured["stood_s"] == pytest.approx(2.0)


def test_standing_past_the_line_on_green_is_nothing() -> None:
    stands = {10 + i: [look(10 + i, 32.0, max(20.0, 44.0 - 1.6 * i))] for i in range(50)}
    assert judge("stop_line", stands, ["green"] * 60) == []


def test_riding_beyond_the_centre_line_is_wrong_side_once() -> None:
    found = judge("wrong_side", ride(10, 14, x=5.0, start=47.0), ["green"] * 40)
    assert len(found) == 1
    assert found[0].measured["ridden_s"] >= 1.0


def test_riding_on_the_own_side_or_coming_the_other_way_is_nothing() -> None:
    assert judge("wrong_side", ride(10, 14, x=20.0, start=47.0), ["green"] * 40) == []
    assert judge("wrong_side", ride(10, 14, x=5.0, start=25.0, px=1.6), ["green"] * 40) == []
