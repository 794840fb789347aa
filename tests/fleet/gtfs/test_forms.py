"""The same feed in the many forms that publishers write: it must read the same."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fleet.gtfs import read_timetable
from fleet.gtfs.feed import read_feed
from tests.fleet.small_feed import write_feed

Change = Callable[[str, bytes], bytes]


def turned(name: str, data: bytes) -> bytes:
    table = pl.read_csv(io.BytesIO(data), infer_schema=False)
    return table.select(reversed(table.columns)).write_csv().encode()


def quoted(name: str, data: bytes) -> bytes:
    return pl.read_csv(io.BytesIO(data), infer_schema=False).write_csv(quote_style="always").encode()


def with_strange_columns(name: str, data: bytes) -> bytes:
    head, _, rest = data.partition(b"\n")
    rows = b"".join(b'"a ""b"", c",' + row + b"\n" for row in rest.splitlines())
    return b"x_note," + head + b"\n" + rows


def spaced(name: str, data: bytes) -> bytes:
    return b"\n".join(b" , ".join(row.split(b",")) for row in data.splitlines()) + b"\n\n"


CHANGES: dict[str, Change] = {
    "as it is": lambda name, data: data,
    "a byte-order mark": lambda name, data: b"\xef\xbb\xbf" + data,
    "lines of Windows": lambda name, data: data.replace(b"\n", b"\r\n"),
    "a mark and lines of Windows, no end": lambda name, data: (
        b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n").rstrip(b"\r\n")
    ),
    "everything quoted": quoted,
    "columns the other way round": turned,
    "columns nobody knows": with_strange_columns,
    "spaces around": spaced,
    "rows from the end": lambda name, data: b"\n".join(
        [data.splitlines()[0], *reversed(data.splitlines()[1:])] if name == "stop_times.txt" else data.splitlines()
    ),
}


def read(path: Path):
    table = read_timetable(path)
    times = [
        (trip_id, [table.stop_ids[s] for s in table.time_stop[rows]], table.arrival_s[rows].tolist())
        for trip_id, trip in table.trip_number.items()
        for rows in [table.stops_of(trip)]
    ]
    return sorted(times), sorted(table.stop_names), table.route_long_names, table.timezone, len(table.patterns)


@pytest.mark.parametrize("inside", [None, "", "feed/", "a/b/"], ids=["folder", "zip", "in a folder", "in two"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_feed_reads_the_same_in_any_form(tmp_path, change, inside):
    plain = write_feed(tmp_path / "plain", count=4)
    files = {file.name: change(file.name, file.read_bytes()) for file in plain.iterdir()}
    if inside is None:
        other = tmp_path / "other"
        other.mkdir()
        for name, data in files.items():
            (other / name).write_bytes(data)
    else:
        other = tmp_path / "other.zip"
        with zipfile.ZipFile(other, "w") as out:
            out.writestr("__MACOSX/._stops.txt", b"\x00\x05\x16\x07")
            out.writestr(inside + "licence.pdf", b"%PDF")
            out.writestr(inside + "pathways.txt", "nonsense\n")
            for name, data in files.items():
                out.writestr(inside + name, data)
    assert read(other) == read(plain)


def test_several_agencies_stations_and_a_stop_served_twice_in_a_row(tmp_path):
    stops = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    stops += "P,Bến xe,21.0,105.80,1,\nA,Bến xe,21.0,105.80,,P\nB,Chợ,21.0,105.81,0,\nE,Cửa,21.0,105.8,2,P\n"
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
    times += (
        "N,6:00:00,6:00:00,A,1,0\nN,6:04:00,6:04:00,B,20,\nN,6:04:30,6:06:00,B,21,900\nN,6:10:00,6:10:00,A,300,1800\n"
    )
    agency = "agency_id,agency_name,agency_url,agency_timezone\n1,Một,http://x,Asia/Ho_Chi_Minh\n"
    agency += "2,Hai,http://y,Asia/Ho_Chi_Minh\n"
    trips = "trip_id,route_id,service_id\nN,R1,D\nONE,R1,D\n"
    times += "ONE,7:00:00,7:00:00,A,1,\n"
    table = read_timetable(
        write_feed(tmp_path, shapes=False, stops=stops, trips=trips, stop_times=times, agency=agency)
    )
    assert (table.stop_ids, table.trip_ids, table.name) == (["A", "B"], ["N"], "Một")
    assert [table.stop_ids[s] for s in table.time_stop] == ["A", "B", "B", "A"]
    assert np.diff(table.patterns[0].stop_distance_m)[1] == 0
    assert any("fewer than two timed stops" in doubt for doubt in table.doubts)


def test_two_inner_times_that_are_missing_are_shared_by_the_way_along_the_line(tmp_path):
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    times += "N,6:00:00,6:00:00,S0,1\nN,,,S1,2\nN,,,S2,3\nN,6:09:00,6:09:00,S3,4\n"
    feed = write_feed(tmp_path, stop_times=times, trips="trip_id,route_id,service_id,shape_id\nN,R1,D,H0\n")
    assert read_timetable(feed).arrival_s.tolist() == pytest.approx([21600, 21780, 21960, 22140], abs=2)


def test_a_service_of_exceptions_alone_runs_on_them(tmp_path):
    feed = write_feed(
        tmp_path, calendar="", calendar_dates="service_id,date,exception_type\nD,20251124,1\nD,20251126,1\n"
    )
    calendar = read_feed(feed).calendar
    assert calendar.span == ("20251124", "20251126")
