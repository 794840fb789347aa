"""What was learnt over days is kept as bytes and taken over by stop ids."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from fleet.arrivals import remembered
from fleet.arrivals.learner import Learner
from tests.fleet.arrivals.test_learner import BASE_MS, LINKS, ZONE, learner, lesson, numbers_of, same

DAY_MS = 86_400_000


def taught() -> Learner:
    made = learner()
    for n in range(120):
        made.add(lesson(20 * n, took_s=100.0, vehicle=f"v{n}", foreseen=(150, 90)))
        made.add(lesson(20 * n, vehicle=f"t{n}", stop=1, link=-1, terminal=0, left_s=120.0))
    made.finish()
    return made


def test_a_second_day_begins_with_what_the_first_taught():
    first = taught()
    second = Learner(LINKS, ZONE)
    second.load(first.dump())
    a, b = first.at(BASE_MS + DAY_MS + 600_000), second.at(BASE_MS + DAY_MS + 600_000)
    assert b.usual[0] > 1.4
    np.testing.assert_allclose(b.usual, a.usual, rtol=0.02)
    np.testing.assert_array_equal(b.calibration.quantile, a.calibration.quantile)
    assert b.left_s[0] > 90.0


def test_another_timetable_takes_over_the_links_it_shares():
    swapped = replace(LINKS, names=["B>C", "A>B"], terminals=["R>Z"])
    second = Learner(swapped, ZONE)
    second.load(taught().dump(whole=True))
    usual = second.at(BASE_MS + DAY_MS).usual
    assert usual[1] > 1.4
    assert usual[1] > usual[0]


def test_lessons_read_again_after_a_restart_are_not_learnt_twice():
    first = taught()
    second = Learner(LINKS, ZONE)
    second.load(first.dump())
    second.add_all(lesson(20 * n, took_s=100.0, vehicle=f"v{n}", foreseen=(150, 90)) for n in range(120))
    second.finish()
    np.testing.assert_allclose(second.history.took_s, first.history.took_s)
    np.testing.assert_array_equal(second.check.counts, first.check.counts)


def of_form(parts: dict[str, bytes], form: int, rows: int) -> dict[str, bytes]:
    """Return parts as an older form wrote them: with the first rows of the model only."""
    old = {}
    for name, data in parts.items():
        part = remembered._unpack(data)
        part.form = form
        if name == remembered.MODEL:
            part.rows = np.frombuffer(part.rows).reshape(9, -1)[:rows].tobytes()
        old[name] = zlib.compress(remembered._encode(part))
    return old


@pytest.mark.parametrize(("form", "rows"), [(3, 4), (4, 8)])
def test_of_an_older_form_what_it_told_is_taken_over(form, rows):
    first, second = taught(), Learner(LINKS, ZONE)
    second.load(of_form(first.dump(whole=True), form, rows))
    np.testing.assert_allclose(second.history.squares, first.history.squares)
    np.testing.assert_allclose(second.history.waits, first.history.waits if rows == 8 else 0.0)
    np.testing.assert_array_equal(second.check.counts, first.check.counts)
    assert not second.history.helped.any()


def test_of_an_older_form_running_times_are_taken_over_and_errors_in_other_units_are_not():
    parts = of_form(taught().dump(whole=True), 1, 4)
    second, fresh = Learner(LINKS, ZONE), Learner(LINKS, ZONE)
    second.load(parts)
    assert second.at(BASE_MS + DAY_MS).usual[0] > 1.4
    np.testing.assert_array_equal(second.check.counts, fresh.check.counts)


def test_damaged_parts_are_left_out():
    parts = taught().dump(whole=True)
    broken = {name: data[:-7] for name, data in parts.items()} | {"hour-99": b"x", "other": parts["model"]}
    second = Learner(LINKS, ZONE)
    second.load(broken)
    fresh = Learner(LINKS, ZONE)
    same(second.at(BASE_MS), fresh.at(BASE_MS))
    assert all(np.isfinite(numbers).all() for numbers in numbers_of(second.at(BASE_MS)).values())
