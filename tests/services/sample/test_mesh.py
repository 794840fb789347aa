import numpy as np
import pytest
import shapely

from services.sample.land import river_banks, unbuilt, water_outlines
from services.sample.mesh import Mesh, main_pieces, make_mesh, spacing_m
from services.sample.streets import along_m, to_metres
from services.sample.water import GREEN, ISLANDS, RIVERS


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return make_mesh(1)


def test_another_seed_lays_other_streets_and_the_same_seed_the_same(mesh: Mesh) -> None:
    assert make_mesh(1) == mesh
    assert make_mesh(2) != mesh


def test_local_streets_fill_the_city(mesh: Mesh) -> None:
    length_km = sum(float(along_m(to_metres(street))[-1]) for street in mesh.streets) / 1000
    assert 800 < length_km < 2_000
    assert 4_000 < len(mesh.streets) < 8_000


def test_no_local_street_runs_through_water_or_a_park(mesh: Mesh) -> None:
    streets = shapely.linestrings([to_metres(street)[[0, -1]] for street in mesh.streets])
    middles = shapely.line_interpolate_point(streets, 0.5, normalized=True)
    shapely.prepare(unbuilt())
    assert shapely.contains(unbuilt().buffer(-15), middles).mean() < 0.002


def test_every_street_leads_to_a_main_road(mesh: Mesh) -> None:
    reached = {point for piece in main_pieces() for point in piece}
    reached |= {point for points in mesh.joined.values() for point in points}
    open_streets = list(mesh.streets)
    while True:
        left = [street for street in open_streets if not {street[0], street[-1]} & reached]
        if len(left) == len(open_streets):
            break
        reached |= {point for street in set(open_streets) - set(left) for point in (street[0], street[-1])}
        open_streets = left
    assert open_streets == []


def test_streets_join_a_road_on_it_and_in_its_order(mesh: Mesh) -> None:
    for (start, end), points in mesh.joined.items():
        line = shapely.LineString(to_metres([start, end]))
        at = [float(line.project(shapely.Point(xy))) for xy in to_metres(list(points))]
        assert at == sorted(at)
        assert max(float(line.distance(shapely.Point(xy))) for xy in to_metres(list(points))) < 1.2


def test_streets_are_denser_towards_the_old_quarter() -> None:
    spacings = [spacing_m(np.array([-km * 1000.0, 0.0])) for km in (1, 4, 9)]
    assert spacings == sorted(spacings, key=float)
    assert spacing_m(np.array([14_000.0, 0.0])) is None


@pytest.mark.parametrize("name", list(water_outlines()))
def test_water_is_a_sound_area(name: str) -> None:
    area = shapely.Polygon(to_metres(list(water_outlines()[name])))
    assert area.is_valid, shapely.is_valid_reason(area)
    assert area.area > 3_000


@pytest.mark.parametrize("name", list(GREEN))
def test_parks_are_sound_areas(name: str) -> None:
    assert shapely.Polygon(to_metres(list(GREEN[name]))).is_valid


def test_the_islands_lie_in_the_red_river() -> None:
    river = shapely.Polygon(to_metres(river_banks(RIVERS["Sông Hồng"])))
    for name, island in ISLANDS.items():
        assert river.contains(shapely.Polygon(to_metres(list(island)))), name


def test_the_lakes_are_as_large_as_they_are() -> None:
    known_hectares = {"Hồ Tây": 500, "Hồ Trúc Bạch": 22, "Hồ Hoàn Kiếm": 12, "Hồ Bảy Mẫu": 21, "Hồ Thiền Quang": 5}
    for name, hectares in known_hectares.items():
        area = shapely.Polygon(to_metres(list(water_outlines()[name]))).area / 1e4
        assert area == pytest.approx(hectares, rel=0.35), name
