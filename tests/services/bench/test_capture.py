import msgspec

from services.bench.capture import _lost
from tests.services.capture.test_publish import segment


def test_numbers_that_are_absent_and_gaps_count_as_lost() -> None:
    row = [msgspec.structs.replace(segment(1000 + 2000 * i), segment=i) for i in range(5)]
    assert _lost(row) == 0
    assert _lost(row[:2] + row[3:]) == 1
    assert _lost([*row[:4], msgspec.structs.replace(row[4], gap_before_s=1.5)]) == 1
