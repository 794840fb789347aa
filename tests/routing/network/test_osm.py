import gzip
import time
from pathlib import Path

import pytest

from routing.network import NetworkError, read_areas, read_osm
from tests.data import shared_data


def test_a_small_real_extract_becomes_a_connected_network() -> None:
    net = read_osm(shared_data("hanoi-roads", "badinh_small_with_relations_2023.osm"))
    assert (net.node_count, net.edge_count) == (65, 135)
    assert net.epsg == 32648
    assert len(net.signal_lon) == 23
    assert any("Nguyễn Thái Học" in name for name in net.names)
    west, south, east, north = net.bbox
    assert 105.8 < west < east < 105.9
    assert 21.0 < south < north < 21.1


def test_water_and_green_of_a_small_extract_are_found() -> None:
    areas = read_areas(shared_data("hanoi-roads", "badinh_small_with_relations_2023.osm"))
    assert len(areas.water) == 7
    assert len(areas.green) > 10
    assert all(shape.is_valid for shape in (*areas.water, *areas.green))


def test_inner_hanoi_is_read_whole_in_seconds_and_alike_from_both_formats() -> None:
    began = time.process_time()
    net = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025.osm.pbf"))
    assert time.process_time() - began < 20
    assert 27_500 < net.node_count < 28_500
    assert 67_000 < net.edge_count < 69_500
    assert len(set(net.edge_ids)) == net.edge_count
    other = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025.osm.gz"))
    assert other.edge_ids == net.edge_ids


def test_a_graph_saved_by_osmnx_gives_the_same_city_within_a_hundredth() -> None:
    ours = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025.osm.pbf"))
    theirs = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025_drive.graphml.gz"))
    assert theirs.node_count == 28_285
    assert theirs.edge_count == 68_648
    assert ours.node_count == pytest.approx(theirs.node_count, rel=0.01)
    assert ours.edge_length_m.sum() == pytest.approx(theirs.edge_length_m.sum(), rel=0.01)
    both = set(ours.node_osm_id.tolist()) & set(theirs.node_osm_id.tolist())
    assert len(both) > 0.98 * ours.node_count


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("absent.osm", None, "no such file"),
        ("empty.osm", b"", "empty"),
        ("broken.osm", b"<osm version='0.6'><node id='1'", "cannot be read"),
        ("text.osm", b"this is no map", "cannot be read"),
        ("cut.osm.gz", gzip.compress(b"<osm version='0.6'></osm>", mtime=0)[:-6], "cannot be read|holds no road"),
        ("broken.osm.pbf", b"\x00\x00\x00\x0d garbage garbage", "cannot be read"),
        ("broken.graphml", b"<graphml", "cannot be read"),
        ("foreign.graphml", b"<graphml xmlns='http://graphml.graphdrawing.org/xmlns'></graphml>", "cannot be read"),
        ("noroads.osm", b"<osm version='0.6'><node id='1' lat='21' lon='105'/></osm>", "no road"),
        ("feed.zip", b"PK", "not a road file"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, name: str, data: bytes | None, says: str
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(NetworkError, match=says) as caught:
        read_osm(path)
    assert name in str(caught.value)


def test_a_way_whose_nodes_are_missing_is_cut_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "cut.osm"
    nodes = "".join(f"<node id='{i}' lat='21.0{i}' lon='105.8'/>" for i in range(1, 5))
    refs = "".join(f"<nd ref='{i}'/>" for i in (9, 1, 2, 3, 4))
    path.write_text(f"<osm version='0.6'>{nodes}<way id='5'>{refs}<tag k='highway' v='primary'/></way></osm>")
    net = read_osm(path)
    assert net.edge_count == 2
    assert "unplaced" in {f.code for f in net.findings}


def test_names_of_places_areas_and_rivers_are_read(tmp_path: Path) -> None:
    square = "".join(
        f'<node id="{n}" lat="{lat}" lon="{lon}"/>'
        for n, (lat, lon) in enumerate(((21.04, 105.81), (21.06, 105.81), (21.06, 105.83), (21.04, 105.83)), start=1)
    )
    place = '<node id="9" lat="21.03" lon="105.84"><tag k="place" v="suburb"/><tag k="name" v="Ba Đình"/></node>'
    lake = "".join(f'<nd ref="{n}"/>' for n in (1, 2, 3, 4, 1)) + '<tag k="natural" v="water"/>'
    ways = f'<way id="1">{lake}<tag k="name" v="Hồ Tây"/></way>'
    ways += '<way id="2"><nd ref="1"/><nd ref="2"/><tag k="waterway" v="river"/><tag k="name" v="Sông Tô Lịch"/></way>'
    path = tmp_path / "names.osm"
    path.write_text(f'<osm version="0.6">{square}{place}{ways}</osm>', encoding="utf-8")
    areas = read_areas(path)
    assert len(areas.water) == 1
    assert {(p.name, p.kind, p.min_zoom) for p in areas.places} == {
        ("Ba Đình", "district", 11),
        ("Hồ Tây", "water", 11),
    }
    lake_name = next(p for p in areas.places if p.kind == "water")
    assert (lake_name.lon, lake_name.lat) == pytest.approx((105.82, 21.05))
    assert [river.name for river in areas.rivers] == ["Sông Tô Lịch"]
