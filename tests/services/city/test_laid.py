"""Lines that were laid once are taken over."""

from pathlib import Path

import numpy as np

from services.city.laid import key_of, load_laid, save_laid
from services.city.patterns import Pattern
from services.city.shapes import Found


def pattern(key: str, *lonlat: tuple[float, float]) -> Pattern:
    return Pattern(key, "r", "0", tuple(str(n) for n in range(len(lonlat))), np.array(lonlat), 1)


def test_a_line_comes_back_for_the_same_places_whatever_the_trips_are_called(tmp_path: Path) -> None:
    one = pattern("a", (105.8, 21.0), (105.81, 21.0))
    laid = Found(np.array([[105.8, 21.0], [105.805, 21.001], [105.81, 21.0]]), np.array([0.0, 1100.0]), ((0, "far"),))
    save_laid(tmp_path / "laid", [one], [laid])
    known = load_laid(tmp_path / "laid")
    back = known[key_of(pattern("b", (105.8, 21.0), (105.81, 21.0)))]
    np.testing.assert_array_equal(back.lonlat, laid.lonlat)
    np.testing.assert_array_equal(back.stop_m, laid.stop_m)
    assert back.doubts == laid.doubts
    assert key_of(pattern("a", (105.8, 21.0), (105.82, 21.0))) not in known


def test_a_damaged_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "laid").write_bytes(b"\x93 what")
    assert load_laid(tmp_path / "laid") == {}
    assert load_laid(tmp_path / "absent") == {}
