"""The feed's time zone is not the city's, or not of where its stops lie: every departure would be hours off."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from fleet.gtfs.clock import is_same_clock
from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

DEGREES_PER_HOUR = 15.0
MOST_APART_H = 4.0  # the west of China lies three hours from its clock


def find(feed: RawFeed) -> list[Fault]:
    """Find a zone that differs from the city's where that is known, else one hours from the sun of the stops."""
    zones = feed.table("agency.txt", "agency_timezone").drop_nulls().head(1)
    mend = Text(vi="Kiểm tra lại tệp, hoặc sửa múi giờ.", en="Check whether this is the right file, or mend the zone.")
    if feed.timezone is not None:
        differ = [not is_same_clock(zone, feed.timezone, feed.today.year) for zone in zones["agency_timezone"]]
        bad = zones.filter(pl.Series(differ, dtype=pl.Boolean))
        what = Text(
            vi=f"Múi giờ không phải của thành phố ({feed.timezone}).",
            en=f"The time zone is not the city's ({feed.timezone}).",
        )
        return faults_of("other_timezone", Severity.ERROR, "agency.txt", bad, what, mend, example="agency_timezone")
    bad = zones.filter(
        pl.Series([_is_elsewhere(feed, str(zone)) for zone in zones["agency_timezone"]], dtype=pl.Boolean)
    )
    what = Text(
        vi="Múi giờ cách xa nơi có các điểm dừng nhiều giờ.",
        en="The time zone is hours from that of where the stops lie.",
    )
    return faults_of("other_timezone", Severity.WARNING, "agency.txt", bad, what, mend, example="agency_timezone")


def _is_elsewhere(feed: RawFeed, zone: str) -> bool:
    if feed.places.is_empty():
        return False
    sun_h = float(feed.places["lon"].median()) / DEGREES_PER_HOUR  # type: ignore[arg-type]
    try:
        noon = datetime(feed.today.year, feed.today.month, feed.today.day, 12, tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    offset = noon.utcoffset()
    assert offset is not None
    apart_h = offset.total_seconds() / 3600 - sun_h
    return abs((apart_h + 12.0) % 24.0 - 12.0) > MOST_APART_H
