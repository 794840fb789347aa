"""A feed without shapes, laid on a bent road for a replay."""

from pathlib import Path

import numpy as np
import pytest

from routing.network import NetworkError, read_osm, save_network
from services.city.on_roads import read_timetable_on_roads
from tests.fleet.small_feed import LAT, LON, STEP, write_feed

STOPS = 4
BULGE_DEG = 0.002  # about 222 m north between two stops


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """One road both ways through all stops, which swings north half way between each two."""
    points = [(LAT + (BULGE_DEG if n % 2 else 0.0), LON + n * STEP / 2) for n in range(2 * STOPS - 1)]
    nodes = "".join(f'<node id="{n}" lat="{lat:.6f}" lon="{lon:.6f}"/>' for n, (lat, lon) in enumerate(points, 1))
    refs = "".join(f'<nd ref="{n}"/>' for n in range(1, len(points) + 1))
    osm = tmp_path / "roads.osm"
    osm.write_text(
        f'<osm version="0.6">{nodes}<way id="1">{refs}<tag k="highway" v="primary"/></way></osm>', encoding="utf-8"
    )
    save_network(read_osm(str(osm)), tmp_path / "network")
    return tmp_path / "network"


@pytest.mark.parametrize("zipped", [False, True])
def test_lines_follow_the_road_and_stops_lie_in_order_on_them(tmp_path: Path, network: Path, zipped: bool) -> None:
    feed = write_feed(tmp_path / "feed", count=STOPS, shapes=False)
    if zipped:
        import shutil

        feed = Path(shutil.make_archive(str(tmp_path / "feed"), "zip", feed))
    table, findings = read_timetable_on_roads(feed, network)
    assert [finding.code for finding in findings] == ["shapes_added"]
    assert len(table.trip_ids) == 60
    for pattern in table.patterns:
        assert pattern.drawn
        assert pattern.length_m == pytest.approx((STOPS - 1) * 2 * np.hypot(519.6 / 2, 221.5), rel=0.01)
        assert (np.diff(pattern.stop_distance_m) > 500).all()


def test_a_feed_that_draws_its_lines_keeps_them(tmp_path: Path, network: Path) -> None:
    feed = write_feed(tmp_path / "feed", count=STOPS)
    table, findings = read_timetable_on_roads(feed, network)
    assert findings == []
    assert table.patterns[0].length_m == pytest.approx((STOPS - 1) * 519.6, rel=0.01)


def test_a_network_that_is_none_is_told(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed", count=STOPS, shapes=False)
    with pytest.raises(NetworkError):
        read_timetable_on_roads(feed, tmp_path / "nothing")
