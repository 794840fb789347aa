import msgspec

from tests.vision.builders import START_MS, candidate
from vision.evidence.measures import measures


def test_each_value_stands_with_its_error_or_its_interval() -> None:
    told = {
        "after_red_s": 4.0,
        "crossing_error_s": 0.02,
        "lamp_error_s": 0.04,
        "speed_mps": 8.0,
        "speed_low_mps": 6.0,
        "speed_high_mps": 9.5,
        "red_left_at_least_s": 2.0,
    }
    rows = measures(msgspec.structs.replace(candidate(), measured=told))
    assert rows == [
        {"name": "time_ms", "value": START_MS + 500, "error": 520},
        {"name": "after_red_s", "value": 4.0, "error": 0.06},
        {"name": "red_left_at_least_s", "value": 2.0},
        {"name": "speed_mps", "value": 8.0, "low": 6.0, "high": 9.5},
    ]
