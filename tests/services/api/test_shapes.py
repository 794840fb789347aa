"""The lines that buses are drawn along."""

from itertools import accumulate

import numpy as np

from services.api.shapes import TOLERANCE_M, Shapes, simplify
from services.api.timetable import CityTimetable
from tests.services.api.parts import Running


def test_a_thinned_line_stays_where_the_line_is_and_keeps_its_way_along(api: Running) -> None:
    table = api.state.timetable.table
    assert table is not None
    for pattern in table.patterns:
        x, y, along = simplify(pattern)
        assert along[[0, -1]].tolist() == pattern.along_m[[0, -1]].tolist()
        for at in np.linspace(0, pattern.length_m, 50):
            there = np.interp(at, along, x), np.interp(at, along, y)
            assert np.hypot(*np.subtract(there, pattern.point_at(float(at))[:2])) <= TOLERANCE_M + 0.1


def test_each_trip_has_the_number_of_its_line_in_the_list(api: Running) -> None:
    body = api.client.get("/api/shapes").json()
    number = api.state.shapes.find_number("t9")
    assert number is not None
    shape = body["shapes"][number]
    ends = [(list(accumulate(shape["x"]))[end] / 1e5, list(accumulate(shape["y"]))[end] / 1e5) for end in (0, -1)]
    assert ends == [(105.84501, 21.00501), (105.839, 21.031)]
    assert api.state.shapes.find_number("strange") is None


def test_who_holds_the_shapes_already_is_told_so(api: Running) -> None:
    first = api.client.get("/api/shapes")
    again = api.client.get("/api/shapes", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.client.get("/api/shapes", headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_city_without_a_timetable_has_no_shapes() -> None:
    assert Shapes(CityTimetable(None)).find_number("t1") is None
    assert b'"shapes":[]' in Shapes(CityTimetable(None)).kept.body
