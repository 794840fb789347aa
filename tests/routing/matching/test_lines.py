import numpy as np

from routing.matching.lines import edges_under
from routing.network.index import EdgeIndex
from tests.routing.builders import grid, lonlat

NET = grid(5, 4, 300.0)
INDEX = EdgeIndex(NET)


def under(*places_m: tuple[float, float]) -> set[str]:
    lon, lat = np.array([lonlat(x, y) for x, y in places_m]).reshape(-1, 2).T
    return {NET.edge_ids[edge] for edge in edges_under(INDEX, lon, lat).tolist()}


def test_a_line_along_a_street_drives_its_edges_in_its_direction_and_no_side_street() -> None:
    assert under((0, 304), (1200, 304)) == {f"2/{101 + i}/{102 + i}" for i in range(4)}
    assert under((1200, 304), (0, 304)) == {f"2/{102 + i}/{101 + i}" for i in range(4)}


def test_a_line_that_turns_drives_both_streets() -> None:
    assert under((0, 300), (600, 300), (600, 900)) == {"2/101/102", "2/102/103", "1003/103/203", "1003/203/303"}


def test_a_line_that_leaves_half_way_did_not_drive_the_edge() -> None:
    assert under((0, 300), (300, 300), (400, 300)) == {"2/101/102"}


def test_what_lies_off_the_roads_or_is_no_line_drives_nothing() -> None:
    assert under((0, 450), (1200, 450)) == set()
    assert under((0, 300)) == set()
    assert under((0, 300), (0, 300)) == set()
