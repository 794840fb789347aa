"""Which edge a camera's approach looks at."""

import pytest

from services.estimate.approaches import bearing_deg, find_edges
from tests.routing.builders import grid, lonlat
from vision.camera import CameraConfig, parse_camera
from vision.scenes.street import street_camera_yaml

NET = grid(5, 3, 300.0)


def camera(x_m: float, y_m: float, *bearings: int) -> CameraConfig:
    lon, lat = lonlat(x_m, y_m)
    approaches = "\n".join(f"  - {{id: a{b}, bearing_deg: {b}}}" for b in bearings)
    return parse_camera(f"id: J-1\nname: J\nposition: [{lon}, {lat}]\napproaches:\n{approaches}\n".encode())


def test_each_approach_has_the_edge_that_leads_in_by_its_direction_and_none_has_two() -> None:
    found = find_edges(NET, [camera(605.0, 296.0, 90, 0, 270, 180, 95)])
    ids = {approach: NET.edge_ids[edge] for (_, approach), edge in found.items()}
    assert ids == {"a90": "2/102/103", "a0": "1003/3/103", "a270": "2/104/103", "a180": "1003/203/103"}


def test_a_direction_that_no_street_has_and_a_camera_far_from_every_junction_have_none() -> None:
    assert find_edges(NET, [camera(600.0, 300.0, 45)]) == {}
    assert find_edges(NET, [camera(450.0, 300.0, 90)]) == {}


def test_a_camera_with_ground_marks_knows_the_direction_of_its_approach() -> None:
    scene = parse_camera(street_camera_yaml("SC-01", ("Ngã tư", "Junction"), lonlat(600.0, 300.0)).encode())
    (approach,) = scene.approaches
    assert bearing_deg(scene, approach) == pytest.approx(0.0, abs=1.0) or bearing_deg(scene, approach) > 359.0
    (edge,) = find_edges(NET, [scene]).values()
    assert NET.edge_ids[edge] == "1003/3/103"
