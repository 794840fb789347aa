"""When a service that died is started again."""

from hypothesis import given
from hypothesis import strategies as st

from services.run.backoff import FIRST_S, HEALTHY_S, MOST_S, Backoff


def test_waits_double_from_one_second_to_thirty() -> None:
    waits, state = [], Backoff()
    for _ in range(8):
        wait_s, state = state.after_death(0.1)
        waits.append(wait_s)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_healthy_minute_begins_anew() -> None:
    state = Backoff(30.0)
    wait_s, state = state.after_death(HEALTHY_S)
    assert (wait_s, state.wait_s) == (FIRST_S, 2 * FIRST_S)


@given(st.lists(st.floats(0, 1000)))
def test_a_wait_is_never_outside_its_bounds(lives: list[float]) -> None:
    state = Backoff()
    for lived_s in lives:
        wait_s, state = state.after_death(lived_s)
        assert FIRST_S <= wait_s <= MOST_S
