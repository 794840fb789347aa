import numpy as np
import pytest

from vision.plates.slots import SIGNS, likeliest, place_signs


def chances(places: str, share: float = 0.9) -> np.ndarray:
    table = np.full((9, len(SIGNS)), (1 - share) / (len(SIGNS) - 1), np.float32)
    for i, sign in enumerate(places):
        table[i, SIGNS.index(sign)] = share
    return table


@pytest.mark.parametrize(
    "places", ["30F 81553", "59U116124", "29AB12345", "29V 5210 ", "50LD00454", "12R 1234 ", "80011NG01"]
)
def test_every_form_of_the_law_is_read(places: str) -> None:
    found = likeliest(chances(places))
    assert found is not None
    text, each = found
    assert text == places
    assert np.allclose(each, 0.9)


def test_a_sign_that_no_form_bears_in_its_place_gives_way_to_the_likeliest_that_one_does() -> None:
    table = chances("30F 81553")
    table[4, SIGNS.index("B")], table[4, SIGNS.index("8")] = 0.6, 0.38
    found = likeliest(table)
    assert found is not None
    assert found[0] == "30F 81553"
    assert found[1][4] == pytest.approx(0.38)  # it stays as unsure as it was


def test_a_province_never_given_is_no_plate() -> None:
    assert likeliest(chances("13F 81553")) is None


def test_heads_of_three_signs_leave_a_place_open() -> None:
    assert place_signs("30F", "81553") == "30F 81553"
    assert place_signs("59U1", "1612") == "59U11612 "
