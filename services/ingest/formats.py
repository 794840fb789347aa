"""The formats a body may have, whichever way it came."""

from functools import partial

from services.ingest.intake import Format
from services.recordings import parse_csv, parse_gtfs_rt, parse_osmand, parse_traccar, parse_ufms, parse_ufms_json
from services.recordings.ufms_schema import POINTS_FIELD

MAX_RECORDS = 50_000
JSON, PROTOBUF = "application/json", "application/x-protobuf"


def make_formats(ufms_bus_points_field: int = POINTS_FIELD) -> dict[str, Format]:
    """Return every format by its name.

    Parameters
    ----------
    ufms_bus_points_field : int
        Number of the repeated points in the tracker message ``BusWayPointBatch``.

    Returns
    -------
    dict of str to Format
        Names as in the doors' addresses; ``traccar-name`` takes the device's name as the vehicle's id.
    """
    ufms = partial(parse_ufms, points_field=ufms_bus_points_field, most=MAX_RECORDS)
    traccar = "what Traccar forwards as JSON ({position, device})"
    return {
        "ufms": Format(ufms, "tracker messages (BaseMessage of ufms.proto), one or length-delimited", PROTOBUF),
        "ufms-json": Format(
            partial(parse_ufms_json, most=MAX_RECORDS),
            "one tracker message (MsgType_BusWayPoint) or an array of them",
            JSON,
        ),
        "gtfs-rt": Format(partial(parse_gtfs_rt, most=MAX_RECORDS), "a GTFS-realtime FeedMessage, protobuf", PROTOBUF),
        "csv": Format(
            partial(parse_csv, most=MAX_RECORDS),
            "CSV with a header: vehicle_id,timestamp,latitude,longitude,…",
            "text/csv",
        ),
        "osmand": Format(
            partial(parse_osmand, most=MAX_RECORDS),
            "OsmAnd parameters (id, lat, lon, …) or Traccar Client's JSON",
            JSON,
        ),
        "traccar": Format(partial(parse_traccar, most=MAX_RECORDS), traccar, JSON),
        "traccar-name": Format(partial(parse_traccar, vehicle_from="name", most=MAX_RECORDS), traccar, JSON),
    }
