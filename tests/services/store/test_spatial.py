"""SQLite's spatial functions say what PostGIS would say."""

import sqlite3
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from services.store.spatial import point_ewkb, register


def ask(sql: str, *values: Any) -> Any:
    connection = sqlite3.connect(":memory:")
    register(connection)
    try:
        return connection.execute(f"SELECT {sql}", values).fetchone()[0]
    finally:
        connection.close()


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_point_is_the_bytes_that_shapely_writes(lon: float, lat: float) -> None:
    expected = shapely.to_wkb(shapely.set_srid(shapely.Point(lon, lat), 4326), include_srid=True)
    assert point_ewkb(lon, lat) == expected
    assert ask("ST_SetSRID(ST_MakePoint(?, ?), 4326)", lon, lat) == expected
    assert (ask("ST_X(?)", expected), ask("ST_Y(?)", expected)) == (lon, lat)


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("ST_AsText(GeomFromEWKT('SRID=4326;POINT(105 21)'))", "POINT (105 21)"),
        ("ST_SRID(GeomFromEWKT('SRID=32648;POINT(105 21)'))", 32648),
        ("ST_SRID(GeomFromEWKT('POINT(105 21)'))", 4326),
        ("ST_SRID(ST_GeomFromText('LINESTRING(0 0, 1 1)', 32648))", 32648),
        ("ST_SRID(ST_SetSRID(ST_GeomFromText('LINESTRING(0 0, 1 1)', 32648), 4326))", 4326),
        ("ST_AsText(ST_SetSRID(ST_GeomFromText('LINESTRING(0 0, 1 1)'), 1))", "LINESTRING (0 0, 1 1)"),
        ("ST_Distance(ST_MakePoint(0, 0), ST_MakePoint(3, 4))", 5.0),
        ("ST_DWithin(ST_MakePoint(0, 0), ST_MakePoint(3, 4), 5)", 1),
        ("ST_DWithin(ST_MakePoint(0, 0), ST_MakePoint(3, 4), 4.9)", 0),
        ("ST_Within(ST_MakePoint(1, 1), ST_MakeEnvelope(0, 0, 2, 2, 4326))", 1),
        ("ST_Contains(ST_MakeEnvelope(0, 0, 2, 2), ST_MakePoint(3, 1))", 0),
        ("ST_Intersects(GeomFromEWKT('LINESTRING(0 0, 2 2)'), GeomFromEWKT('LINESTRING(0 2, 2 0)'))", 1),
        ("AsGeoJSON(ST_MakePoint(1, 2))", '{"type":"Point","coordinates":[1.0,2.0]}'),
        ("ST_MakePoint(NULL, 2)", None),
        ("ST_X(NULL)", None),
        ("ST_Distance(NULL, ST_MakePoint(3, 4))", None),
        ("ST_DWithin(ST_MakePoint(3, 4), NULL, 1)", None),
        ("ST_SetSRID(NULL, 4326)", None),
        ("GeomFromEWKT(NULL)", None),
    ],
)
def test_a_function_answers_as_postgis_does(sql: str, answer: object) -> None:
    assert ask(sql) == answer


def test_a_sphere_is_measured_in_metres() -> None:
    # Hồ Gươm to Hồ Tây, as PostGIS 3.3 answered.
    metres = ask("ST_DistanceSphere(ST_MakePoint(105.8523, 21.0287), ST_MakePoint(105.8230, 21.0546))")
    assert metres == pytest.approx(4188.12730949, abs=0.001)
