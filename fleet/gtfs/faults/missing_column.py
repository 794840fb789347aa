"""A column without which a file cannot be used is absent."""

from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

NEEDED = {
    "agency.txt": ("agency_name", "agency_url", "agency_timezone"),
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_sequence"),
    "calendar.txt": ("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
                     "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "shapes.txt": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
}  # fmt: skip
# What the standard allows to be left out in some feeds, but buses that follow stops do not.
FOLLOWED = {
    "stops.txt": ("stop_lat", "stop_lon"),
    "stop_times.txt": ("arrival_time", "departure_time", "stop_id"),
}


def find(feed: RawFeed) -> list[Fault]:
    """Find needed columns that are absent."""
    out = []
    for name, columns in NEEDED.items():
        if not feed.has(name):
            continue
        header = feed.header(name)
        absent = [c for c in (*columns, *FOLLOWED.get(name, ())) if c not in header]
        if absent:
            out.append(
                Fault(
                    code="missing_column",
                    severity=Severity.ERROR,
                    file=name,
                    count=len(absent),
                    what=Text(vi=f"{name} thiếu cột.", en=f"{name} lacks columns."),
                    mend=Text(
                        vi="Thêm cột, hoặc sửa dòng đầu của tệp.",
                        en="Add them, or mend the first line of the file.",
                    ),
                    lines=(1,),
                    examples=tuple(absent),
                )
            )
    return out
