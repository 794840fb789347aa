"""The feed's time zone is not the city's: every departure would be hours off."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find a zone that differs from the city's, where the city is known."""
    if feed.timezone is None:
        return []
    bad = feed.table("agency.txt", "agency_timezone").drop_nulls().head(1)
    bad = bad.filter(pl.col("agency_timezone") != feed.timezone)
    what = Text(
        vi=f"Múi giờ không phải của thành phố ({feed.timezone}).",
        en=f"The time zone is not the city's ({feed.timezone}).",
    )
    mend = Text(vi="Kiểm tra lại tệp, hoặc sửa múi giờ.", en="Check whether this is the right file, or mend the zone.")
    return faults_of("other_timezone", Severity.ERROR, "agency.txt", bad, what, mend, example="agency_timezone")
