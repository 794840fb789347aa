"""Positions as CSV: flattened GTFS-realtime, or one plain column a value."""

import csv
import io
from collections.abc import Mapping
from functools import partial

from schemas.fix import Fix
from services.recordings.bound import NO_BOUND, check_count
from services.recordings.other import Item
from services.recordings.refusal import Refusal, make_fix, make_trip, number, whole, words
from services.recordings.times import parse_time_ms

# What we want → the names it goes by, the first that is in the header wins.
COLUMNS: dict[str, tuple[str, ...]] = {
    "vehicle_id": ("vehicle.vehicle.id", "vehicle_id", "vehicleId", "vid", "vehicle", "vehicle.vehicle.label"),
    "time": ("vehicle.timestamp", "time_ms", "timestamp", "time", "datetime"),
    "lat": ("vehicle.position.latitude", "latitude", "lat", "y"),
    "lon": ("vehicle.position.longitude", "longitude", "lon", "lng", "x"),
    "speed_mps": ("vehicle.position.speed", "speed_mps", "speed"),
    "heading_deg": ("vehicle.position.bearing", "heading_deg", "heading", "bearing"),
    "trip_id": ("vehicle.trip.trip_id", "trip_id"),
    "start_date": ("vehicle.trip.start_date", "start_date"),
    "route_id": ("vehicle.trip.route_id", "route_id"),
    "direction_id": ("vehicle.trip.direction_id", "direction_id"),
    "block_id": ("block_id", "blockId"),
    "start_time": ("vehicle.trip.start_time", "start_time"),
    "assignment_id": ("assignmentId", "assignment_id"),
    "assignment_type": ("assignmentType", "assignment_type"),
    "stop_id": ("vehicle.stop_id", "stop_id"),
    "stop_sequence": ("vehicle.current_stop_sequence", "stop_sequence"),
    "door_open": ("door_open",),
    "ignition": ("ignition",),
    "driver_id": ("driver_id", "operator_id", "driver"),
}
CLAIM = ("trip_id", "start_date", "route_id", "direction_id", "block_id", "start_time")
# What an assignment of one column and its type in another means.
ASSIGNED = {"BLOCK_ID": "block_id", "TRIP_ID": "trip_id", "ROUTE_ID": "route_id"}
NEEDED = ("vehicle_id", "time", "lat", "lon")
TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def parse_csv(
    data: bytes, source: str, received_ms: int | None, timezone: str | None = None, most: int = NO_BOUND
) -> list[Item]:
    """Read a CSV with a header into fixes and refusals, one a row, in the order of the rows.

    Parameters
    ----------
    data : bytes
        UTF-8 CSV; its header names columns as flattened GTFS-realtime or plainly.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes each row's own time.
    timezone : str, optional
        Zone of local times that name none.
    most : int
        Records a body may hold; `TooManyRecordsError` beyond.

    Returns
    -------
    list of Fix or Refusal
        One entry a row; one refusal alone where the header lacks a needed column.
    """
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=""))
    header = [name.strip() for name in reader.fieldnames or ()]
    names = {want: next((n for n in known if n in header), "") for want, known in COLUMNS.items()}
    absent = [want for want in NEEDED if not names[want]]
    if absent:
        mend = "; ".join(f"name a column {' or '.join(COLUMNS[want][:3])}" for want in absent)
        head = ",".join(header)[:200]
        return [Refusal(0, None, absent[0], f"no column for {', '.join(absent)} in {head!r}", mend, data[:1000])]
    items: list[Item] = []
    for index, row in enumerate(reader):
        check_count(index + 1, most)
        items.append(_row(index, row, names, source, received_ms, timezone))
    return items


def _row(
    index: int, row: Mapping[str, str], names: Mapping[str, str], source: str, received_ms: int | None, zone: str | None
) -> Fix | Refusal:
    got = {want: row.get(name) for want, name in names.items() if name}
    if want := ASSIGNED.get(str(got.get("assignment_type")).upper()):
        got[want] = got.get("assignment_id")
    time_ms = parse_time_ms(got.get("time"), zone)
    return make_fix(
        index,
        partial(_row_bytes, row),
        {
            "vehicle_id": words(got.get("vehicle_id")),
            "time_ms": time_ms,
            "lon": number(got.get("lon")),
            "lat": number(got.get("lat")),
            "source": source,
            "received_ms": time_ms if received_ms is None else received_ms,
            "speed_mps": number(got.get("speed_mps")),
            "heading_deg": number(got.get("heading_deg")),
            "door_open": TRUTH.get(str(got.get("door_open")).lower()),
            "ignition": TRUTH.get(str(got.get("ignition")).lower()),
            "driver_id": words(got.get("driver_id")),
            "claimed_trip": make_trip(*map(got.get, CLAIM)),
            "claimed_stop_id": words(got.get("stop_id")),
            "claimed_stop_sequence": whole(got.get("stop_sequence")),
        },
    )


def _row_bytes(row: Mapping[str, str]) -> bytes:
    values = ("" if value is None else str(value) for value in row.values())
    return ",".join(values).encode(errors="replace")
