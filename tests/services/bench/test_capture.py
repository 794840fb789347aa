import msgspec

from services.bench.capture import _gaps, _skipped
from tests.services.capture.test_publish import segment


def test_numbers_that_are_absent_and_gaps_are_counted_apart() -> None:
    row = [msgspec.structs.replace(segment(1000 + 2000 * i), segment=i) for i in range(5)]
    late = [*row[:4], msgspec.structs.replace(row[4], gap_before_s=1.5)]
    assert (_skipped(row), _gaps(row)) == (0, 0)
    assert (_skipped(row[:2] + row[3:]), _gaps(row[:2] + row[3:])) == (1, 0)
    assert (_skipped(late), _gaps(late)) == (0, 1)
