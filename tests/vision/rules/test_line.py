"""How far past a line a place is, whichever way its ends are told, and whether it lies beside them."""

import pytest

from vision.rules.line import DirectedLine

ENDS = ((2.0, 10.0), (8.0, 10.0))


@pytest.mark.parametrize("line", [ENDS, ENDS[::-1]])
def test_past_a_line_is_where_traffic_goes_whichever_end_comes_first(line) -> None:
    up = DirectedLine(line, (0.3, -1.0))
    assert up.past(5.0, 7.0) == pytest.approx(3.0)
    assert up.past(-20.0, 12.0) == pytest.approx(-2.0)
    assert DirectedLine(line, (0.0, 1.0)).past(5.0, 7.0) == pytest.approx(-3.0)


def test_of_a_slanted_line_the_distance_is_at_right_angles_to_it() -> None:
    assert DirectedLine(((0.0, 0.0), (4.0, 4.0)), (1.0, -1.0)).past(3.0, 1.0) == pytest.approx(2**0.5)


def test_abreast_is_between_its_ends_give_or_take_some_room() -> None:
    line = DirectedLine(ENDS, (0.0, -1.0))
    assert line.is_abreast(2.0, 90.0)
    assert line.is_abreast(8.0, -90.0)
    assert not line.is_abreast(8.4, 10.0)
    assert line.is_abreast(8.4, 10.0, room=0.5)


def test_of_a_line_without_length_nothing_but_its_own_place_is_abreast() -> None:
    line = DirectedLine(((1.0, 1.0), (1.0, 1.0)), (0.0, -1.0))
    assert line.past(5.0, 5.0) == 0.0
    assert line.is_abreast(1.0, 1.0)
