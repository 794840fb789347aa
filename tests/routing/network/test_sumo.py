import pytest

from routing.network import NetworkError
from routing.network.sumo import read_sumo
from tests.services.score.sumo_files import NET, write_run


def test_roads_keep_their_names_limits_and_lanes_and_footpaths_are_left_out(tmp_path) -> None:
    net, _, _ = write_run(tmp_path)
    found = read_sumo(net)
    assert found.edge_names == ("one", "two", "three")
    assert found.network.edge_lanes.tolist() == [1, 2, 1]
    assert found.network.edge_speed_limit_mps.tolist() == pytest.approx([13.89, 13.89, 8.33])
    assert found.network.edge_length_m.tolist() == pytest.approx([400.0] * 3, rel=1e-3)
    assert found.network.edge_to[0] == found.network.edge_from[1]
    assert len(found.network.signal_lon) == 1


def test_places_lie_where_the_simulation_has_them(tmp_path) -> None:
    net, _, _ = write_run(tmp_path)
    found = read_sumo(net)
    lon, lat = found.frame.to_lonlat([400.0], [0.0])
    x, y = found.network.to_xy(lon, lat)
    node = found.network.edge_to[0]
    assert (x[0], y[0]) == pytest.approx((found.network.node_x_m[node], found.network.node_y_m[node]), abs=0.01)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a network"),
        ("<net>", "not a network"),
        ("<routes/>", "netconvert wrote"),
        (NET.replace("edge ", "other ").replace("/edge", "/other"), "no road"),
        (NET.replace("+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs", "!"), "where on Earth"),
    ],
)
def test_what_is_no_usable_network_is_refused_with_its_remedy(tmp_path, text: str, says: str) -> None:
    path = tmp_path / "x.net.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NetworkError, match=says):
        read_sumo(path)
