"""Where buses that are early wait for the timetable is learnt of each link, and taken into account."""

import random

import msgspec
import numpy as np
import pytest

from fleet.arrivals.holding import MOST_EARLY_S, early_s, held_s, helped_s2, shares_held
from fleet.arrivals.learner import Learner
from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from schemas.lesson import Lesson
from tests.fleet.arrivals.test_learner import BASE_MS, LINKS, ZONE, learner, lesson
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import drive


def drove(at_s: float, early: float, took_s: float, vehicle: str) -> Lesson:
    """Return the lesson of a bus that came to B so early, and from there to C in so long; it is due at B after 60 s."""
    made = lesson(at_s, took_s=took_s, vehicle=vehicle, link=1)
    return msgspec.structs.replace(made, start_ms=round(made.arrival_ms - 1000 * (took_s + 60.0 - early)))


def taught(held: float, buses: int = 400) -> Learner:
    """Return what knows buses that come to B up to five minutes early or late and wait so much of their earliness."""
    made, rng = learner(), random.Random(5)
    for n in range(buses):
        early = rng.uniform(-300.0, 300.0)
        took_s = 60.0 + held * max(0.0, early) + rng.gauss(0.0, 15.0)
        made.add(drove(30.0 * n, early, took_s, f"v{n}"))
    made.finish()
    return made


def after(made: Learner, buses: int = 400):
    return made.at(BASE_MS + 30_000 * buses + 30 * 60_000)


@pytest.mark.parametrize(("early", "counts"), [(100.0, 100.0), (-40.0, 0.0), (900.0, MOST_EARLY_S)])
def test_earliness_is_how_long_before_its_time_a_bus_came_to_where_the_link_begins(early, counts):
    assert early_s(drove(1000.0, early, 60.0, "v"), LINKS) == pytest.approx(counts)


def test_the_way_from_the_first_stop_tells_nothing_of_waiting():
    assert early_s(msgspec.structs.replace(drove(1000.0, 100.0, 60.0, "v"), stop=1), LINKS) == 0.0


def test_where_early_buses_wait_is_learnt_and_where_they_do_not_nothing_is():
    waits, drives = after(taught(0.8)).hold, after(taught(0.0)).hold
    assert 0.7 < waits[1] < 0.9
    assert waits[0] < 0.1
    assert drives.max() < 0.03


def test_the_running_time_is_that_of_a_bus_that_does_not_wait():
    assert after(taught(0.8)).ratio[1] == pytest.approx(after(taught(0.0)).ratio[1], abs=0.1)


def test_a_few_buses_do_not_make_a_rule():
    assert after(taught(0.8, buses=3), buses=3).hold[1] < 0.2


def test_a_slope_is_told_from_a_slow_link():
    early, took, planned = np.array([0.0, 0.0, 0.0, 0.0]), np.full(4, 300.0), np.full(4, 60.0)
    sums = np.array([[(early * took).sum()], [(early * planned).sum()], [(early**2).sum()], [(took * planned).sum()]])
    assert shares_held(1000.0 * sums, np.array([1000.0 * (planned**2).sum()]))[0] == 0.0


def test_who_comes_when_due_or_later_is_not_held():
    assert held_s(1.0, 100.0, 100.0) == held_s(1.0, 100.0, 160.0) == 0.0
    assert held_s(0.5, 100.0, 60.0) == 20.0
    assert held_s(1.0, 5000.0, 0.0) == MOST_EARLY_S


def test_what_was_learnt_of_waiting_survives_a_restart():
    first = taught(0.8)
    second = Learner(LINKS, ZONE)
    second.load(first.dump(whole=True))
    np.testing.assert_allclose(second.history.waits, first.history.waits)
    np.testing.assert_allclose(second.history.helped, first.history.helped)
    assert after(second).hold[1] == pytest.approx(after(first).hold[1], abs=0.02)


def test_an_early_bus_is_foreseen_to_wait_at_the_stop_where_buses_wait(tmp_path):
    table = read_timetable(write_feed(tmp_path))
    fixes = [msgspec.structs.replace(fix, time_ms=fix.time_ms - 120_000, received_ms=fix.received_ms - 120_000)
             for fix in drive(table, "T0-3")]  # fmt: skip
    said, rows = {}, table.stops_of(table.trip_number["T0-3"])
    for held in (0.0, 1.0):
        tracker = Tracker(table)
        history = tracker.course.foresight.learner.history
        # Of old: who came early to the sixth stop waited there; all drive as planned.
        link = int(tracker.course.foresight._links.of_row[rows][6])
        history.squares[:, link] = 1e6
        history.waits[:, link] = np.array([held * 1e8, 0.0, 1e8, 1e6])
        history.helped[link] = 1e6
        out = [tracker.step([fix], fix.received_ms).predictions for fix in fixes[:14]]
        said[held] = {stop.stop_sequence: stop.p50_ms for stop in out[-1][0].stops}
    later = {number: (said[1.0][number] - said[0.0][number]) / 1000.0 for number in said[0.0]}
    numbers = sorted(later)
    assert later[numbers[0]] == 0.0  # on its way there, it waits no more
    assert later[int(table.time_sequence[rows][6])] > 60.0
    assert all(later[number] >= 0.0 for number in numbers)


def test_waits_that_did_not_come_true_are_foreseen_no_more():
    share = np.array([0.5])
    before = np.array([[5e5], [0.0], [1e6], [6e4]]), np.array([6e4])
    early, took, planned = 100.0, np.array([110.0, 60.0]), 60.0
    held, drove = ([np.array([[early * t], [early * planned], [early**2], [t * planned]])] for t in took)
    assert helped_s2(share, before, held[0], np.array([planned**2]))[0] == 50.0**2
    assert helped_s2(share, before, drove[0], np.array([planned**2]))[0] == -(50.0**2)
    history = taught(0.8).history
    assert history.freeze(0, ZONE).hold.any()
    history.helped -= history.helped.sum()
    assert not history.freeze(0, ZONE).hold.any()
