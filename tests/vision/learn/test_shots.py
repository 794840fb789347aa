import numpy as np
import pytest

from vision.learn.alphabets import SIGNS, stroke_alphabet
from vision.learn.shots import take_shot
from vision.learn.texts import made_plate
from vision.plates import slots
from vision.plates.grammar import is_plate
from vision.plates.own import TALL, WIDE


def test_every_made_up_plate_is_one_of_the_law_and_its_lines_bear_its_signs() -> None:
    rng = np.random.default_rng(5)
    for _ in range(500):
        plate = made_plate(rng)
        text = plate.places.replace(" ", "")
        assert is_plate(text), text
        assert "".join(c for line in plate.lines for c in line if c.isalnum()) == text


def test_a_bent_alphabet_has_every_sign_and_no_two_are_alike() -> None:
    first, second = stroke_alphabet(np.random.default_rng(1)), stroke_alphabet(np.random.default_rng(2))
    assert set(first) == set(SIGNS)
    assert any(first[s].shape != second[s].shape or (first[s] != second[s]).any() for s in SIGNS)


def test_a_shot_tells_where_each_sign_stands_and_the_same_seed_gives_the_same_one() -> None:
    alphabets = [stroke_alphabet(np.random.default_rng(3))]
    for seed in range(40):
        shot = take_shot(alphabets, np.random.default_rng(seed))
        assert shot.grey.shape == (TALL, WIDE)
        blank = shot.places == 0
        assert (shot.middles[blank] == -1).all()
        low, high = shot.corners.min(0), shot.corners.max(0)
        assert ((shot.middles[~blank] > low) & (shot.middles[~blank] < high)).all()
        assert (np.diff(shot.middles[:2, 0]) > 0).all() or shot.corners[0, 0] > shot.corners[1, 0]
    again = take_shot(alphabets, np.random.default_rng(39))
    assert (again.grey == shot.grey).all()
    assert again.places.tolist() == shot.places.tolist()


@pytest.mark.parametrize("sign", [" ", *SIGNS])
def test_the_reader_knows_every_sign_that_is_drawn(sign: str) -> None:
    assert sign in slots.SIGNS
