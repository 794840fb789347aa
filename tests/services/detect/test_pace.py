import pytest

from services.detect.pace import Pace


def times(per_s: float) -> list[int]:
    return [round(k * 1000 / per_s) for k in range(round(2 * per_s))]


@pytest.mark.parametrize(
    ("per_s", "behind_ms", "every"),
    [
        (25, 8_000, 1),
        (25, 8_001, 2),
        (25, 20_001, 4),
        (25, 60_000, 4),
        (25, 60_001, 0),
        (10, 20_001, 2),  # every fourth would be 0.4 s apart
        (6, 8_001, 2),
        (6, 20_001, 2),
        (5, 20_001, 1),
        (5, 60_001, 0),
    ],
)
def test_the_later_pictures_are_the_fewer_are_looked_at_but_never_too_far_apart(
    per_s: float, behind_ms: int, every: int
) -> None:
    assert Pace().every(times(per_s), behind_ms) == every


def test_once_none_was_looked_at_the_whole_delay_is_caught_up_in_one_leap() -> None:
    pace = Pace()
    assert [pace.every(times(25), s * 1000) for s in (61, 59, 30, 9, 8, 9, 59)] == [0, 0, 0, 0, 1, 2, 4]


def test_a_piece_of_one_picture_is_looked_at() -> None:
    assert Pace().every([5], 30_000) == 4
