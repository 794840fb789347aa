import gzip
import subprocess
from pathlib import Path

import numpy as np
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles

from routing.network import MapAreas, MapLine, MapStop, read_areas, read_osm, write_pmtiles
from routing.network.mvt import EXTENT, Tile, line_commands, polygon_commands
from tests.data import judge, shared_data
from tests.routing.builders import grid


def decoded(path: Path, zoom: int) -> dict[str, dict[int, list[tuple[float, float]]]]:
    """Return, by layer and feature id, the points in the unit square of the web map."""
    layers: dict[str, dict[int, list[tuple[float, float]]]] = {}
    with path.open("rb") as file:
        for (z, tx, ty), data in all_tiles(MmapSource(file)):
            if z == zoom:
                for layer in Tile.FromString(gzip.decompress(data)).layers:
                    for number, feature in enumerate(layer.features):
                        key = feature.id if layer.name == "roads" else number
                        layers.setdefault(layer.name, {}).setdefault(key, []).extend(
                            ((tx + px / EXTENT) / 2**z, (ty + py / EXTENT) / 2**z)
                            for px, py in walk(list(feature.geometry))
                        )
    return layers


def walk(commands: list[int]) -> list[tuple[int, int]]:
    x = y = at = 0
    points = []
    while at < len(commands):
        kind, count = commands[at] & 7, commands[at] >> 3
        at += 1
        for _ in range(count if kind != 7 else 0):
            x += (commands[at] >> 1) ^ -(commands[at] & 1)
            y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            points.append((x, y))
            at += 2
    return points


def test_the_feature_id_of_a_road_is_the_row_of_its_edge(tmp_path: Path) -> None:
    net = grid(4, 3, 700.0)
    path = tmp_path / "map.pmtiles"
    write_pmtiles(path, net)
    roads = decoded(path, 15)["roads"]
    assert set(roads) == set(range(net.edge_count))
    for edge, points in roads.items():
        unit = np.array(points)
        lon = unit[:, 0] * 360 - 180
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * unit[:, 1]))))
        assert (lon.min(), lon.max()) == pytest.approx(
            (net.lonlat_of(edge)[:, 0].min(), net.lonlat_of(edge)[:, 0].max()), abs=1e-5
        )
        assert (lat.min(), lat.max()) == pytest.approx(
            (net.lonlat_of(edge)[:, 1].min(), net.lonlat_of(edge)[:, 1].max()), abs=1e-5
        )


def test_every_layer_of_a_small_real_extract_passes_the_outside_judge(tmp_path: Path) -> None:
    source = shared_data("hanoi-roads", "badinh_small_with_relations_2023.osm")
    net = read_osm(source)
    lon, lat = net.lonlat_of(0)[0]
    path = tmp_path / "map.pmtiles"
    write_pmtiles(
        path,
        net,
        lines=[MapLine("09", "09", net.lonlat_of(3))],
        stops=[MapStop("s1", "58 Nguyễn Thái Học", lon, lat)],
        areas=read_areas(source),
    )
    told = subprocess.run([judge("pmtiles.sh"), path], capture_output=True, text=True, check=False, timeout=280)
    assert told.returncode == 0, told.stdout + told.stderr
    for layer in ("roads", "lines", "stops", "water", "green"):
        assert f"'{layer}'" in told.stdout


def test_metadata_names_only_the_layers_there_are(tmp_path: Path) -> None:
    path = tmp_path / "map.pmtiles"
    write_pmtiles(path, None, stops=[MapStop("a", "A", 105.8, 21.0), MapStop("b", "", 105.9, 21.1)], areas=MapAreas())
    with path.open("rb") as file:
        told = Reader(MmapSource(file)).metadata()
    assert [layer["id"] for layer in told["vector_layers"]] == ["stops"]
    assert "OpenStreetMap" in told["attribution"]


def test_a_map_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs roads"):
        write_pmtiles(tmp_path / "map.pmtiles", None)


def test_lines_that_shrink_to_a_point_vanish() -> None:
    x, y = np.array([5, 5, 0, 4, 4]), np.array([7, 7, 0, 0, 3])
    commands, offset, lines = line_commands(x, y, np.array([0, 0, 1, 1, 1]))
    assert lines.tolist() == [1]
    assert walk(commands[offset[0] : offset[1]].tolist()) == [(0, 0), (4, 0), (4, 3)]


def test_a_ring_without_area_vanishes() -> None:
    assert polygon_commands([np.array([[0, 0], [5, 0], [0, 0]])]) == []
    square = np.array([[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]])
    assert walk(polygon_commands([square])) == [(0, 0), (9, 0), (9, 9), (0, 9)]
