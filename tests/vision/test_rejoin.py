"""Who is lost behind somebody and comes out beyond is one road user; whoever may be somebody else is not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.vision.builders import START_MS
from tests.vision.rules.stage import Path as Drive
from tests.vision.rules.stage import Pose, box_of, camera, going, px, straight
from vision.detector.recorded import RecordedDetector
from vision.eyes import Tracked
from vision.observer import Observer
from vision.pipeline import Outputs, Watcher
from vision.rejoin import Way, goes_on
from vision.road import Place
from vision.tracks import Look

FAST, TURN_M = 6.0, 8.0


def arcs(t: float) -> Pose:
    """Ride north, and from second 2 to the left on a quarter of a circle, then west."""
    if t < 2.0:
        return 2.0, 18.0 + FAST * t, 0.0
    angle = min((t - 2.0) * FAST / TURN_M, np.pi / 2)
    on = max(0.0, (t - 2.0) * FAST - TURN_M * np.pi / 2)
    return 2.0 - TURN_M * (1 - np.cos(angle)) - on, 30.0 + TURN_M * np.sin(angle), -np.degrees(angle)


def watched(*paths: tuple[Drive, float, float], label: str = "motorcycle", second: str = "motorcycle") -> Observer:
    """Let road users ride; each is lost from one second to another and has a new number after that."""
    observer = Observer(camera((), [going()]))
    for time_ms, looks in rides(*paths, label=label, second=second):
        observer.step(time_ms, looks)
    return observer


def rides(
    *paths: tuple[Drive, float, float], label: str = "motorcycle", second: str = "motorcycle"
) -> Iterator[tuple[int, list[Look]]]:
    for frame in range(150):
        t, looks = frame / 25, []
        for number, (path, from_s, until_s) in enumerate(paths, start=1):
            is_later = t >= until_s
            pose = None if from_s <= t < until_s else path(t)
            kind = second if is_later else label
            box = box_of(kind, pose) if pose is not None else None
            if box is not None:
                track_id, born_ms = (10 + number, round(until_s * 1000)) if is_later else (number, 0)
                looks.append(Look(track_id, START_MS + 40 * frame, frame, box, 0.9, kind, 3, START_MS + born_ms))
        yield START_MS + 40 * frame, looks


@pytest.mark.parametrize("path", [straight((2.0, 18.0), 0.0, FAST), arcs])
def test_who_comes_out_beyond_on_its_way_keeps_its_number_and_is_as_sure_as_before(path: Drive) -> None:
    observer = watched((path, 2.2, 3.2))
    (trail,) = observer.trails.by_id.values()
    assert trail.track_id == 1
    assert {look.track_id for look in trail.looks} == {1}
    assert trail.last.sure_since_ms == START_MS
    assert [look.time_ms for look in trail.looks] == sorted({look.time_ms for look in trail.looks})


def test_whom_the_tracker_later_finds_under_the_lost_number_is_somebody_else() -> None:
    observer, behind = Observer(camera((), [going()])), straight((2.0, 10.0), 0.0, FAST)
    for time_ms, looks in rides((straight((2.0, 18.0), 0.0, FAST), 2.2, 3.2)):
        t = (time_ms - START_MS) / 1000
        box = box_of("motorcycle", behind(t))
        again = [Look(1, time_ms, 0, box, 0.9, "motorcycle", 3, time_ms)] if t > 4.0 and box is not None else []
        observer.step(time_ms, [*looks, *again])
    trails = observer.trails.by_id
    assert set(trails) == {1, 11}
    assert len(trails[1].looks) == len({look.time_ms for look in trails[1].looks})
    assert trails[1].place.metres_to(trails[11].place) > 5.0


def test_of_two_who_may_have_come_out_neither_is_taken_for_who_was_lost() -> None:
    near, beside = straight((2.0, 18.0), 0.0, FAST), straight((2.8, 18.0), 0.0, FAST)
    assert 1 in watched((near, 2.2, 3.2)).trails.by_id
    both = watched((near, 2.2, 3.2), (beside, 2.2, 3.2))
    assert {11, 12} <= set(both.trails.by_id)


def test_who_was_away_too_long_is_somebody_else() -> None:
    ride = straight((2.0, 12.0), 0.0, FAST)
    assert 11 in watched((ride, 1.0, 2.4)).trails.by_id
    assert 11 not in watched((ride, 1.0, 2.0)).trails.by_id


def test_a_car_does_not_come_out_as_a_motorcycle_and_a_rider_may_first_be_seen_without_its_machine() -> None:
    ride = straight((2.0, 18.0), 0.0, FAST)
    assert 11 in watched((ride, 2.2, 3.2), second="car").trails.by_id
    (trail,) = watched((ride, 2.2, 3.2), second="person").trails.by_id.values()
    assert (trail.track_id, trail.label) == (1, "motorcycle")


def way(at_ms: int, x: float, y: float, east: float, north: float) -> Way:
    return Way(at_ms, Place(x, y, (0.0, 1.0), 1.0, 0.3), (east, north))


@pytest.mark.parametrize(
    ("out", "may"),
    [
        (way(1000, 0.0, 6.0, 0.0, 6.0), True),
        (way(1000, -3.5, 4.5, -5.0, 3.0), True),  # on an arc to the left
        (way(1000, 0.0, 12.0, 0.0, 6.0), False),  # too far for its speed
        (way(1000, 0.0, 6.0, 0.0, -6.0), False),  # comes towards it
        (way(1000, 4.0, 4.5, -5.0, 3.0), False),  # beside its way, and crosses it
        (way(1000, 0.0, 1.0, 0.0, 0.5), False),  # creeps
    ],
)
def test_a_way_goes_on_where_an_arc_at_its_speed_leads(out: Way, may: bool) -> None:
    assert goes_on(way(0, 0.0, 0.0, 0.0, 6.0), out) is may


def test_a_candidate_says_that_its_track_was_joined_for_how_long_it_was_lost_and_of_which_numbers(
    tmp_path: Path,
) -> None:
    west = (-6.0, 24.0), (-6.0, 44.0)
    config = camera(("wrong_side",), [going("away", 48.0, centre_line=tuple(px(*west)))])
    nobody = tmp_path / "nobody.jsonl"
    nobody.write_bytes(b"")
    watcher, out = Watcher(config, RecordedDetector(nobody)), Outputs()
    for time_ms, looks in rides((straight((-7.5, 14.0), 0.0, FAST), 1.0, 1.6)):
        watcher.watch(Tracked(time_ms, looks, len(looks), is_blind=False), out)
    (act,) = out.acts
    assert act.finding.exceptions["track_joined"] == (
        "out of sight for 0.6 s: tracks 1 and 11 are taken for one road user"
    )
