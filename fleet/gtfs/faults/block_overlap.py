"""One bus would have to run two trips at once: trips of a block overlap on a day."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find trips of a block that begin before the one before has ended, on a day both run."""
    if "block_id" not in feed.header("trips.txt"):
        return []
    trips = feed.table("trips.txt", "trip_id", "service_id", "block_id").drop_nulls("block_id")
    span = feed.calls.group_by("trip_id").agg(
        pl.min_horizontal(pl.col("leave_s").min(), pl.col("arrive_s").min()).alias("first_s"),
        pl.max_horizontal(pl.col("arrive_s").max(), pl.col("leave_s").max()).alias("last_s"),
    )
    ordered = trips.join(span, on="trip_id").drop_nulls("first_s").sort("block_id", "first_s", "trip_id")
    bad = []
    for (_,), block in ordered.group_by("block_id", maintain_order=True):
        rows = block.rows(named=True)
        for at, row in enumerate(rows):
            for later in rows[at + 1 :]:
                if later["first_s"] >= row["last_s"]:
                    break
                if _both_run(feed, row["service_id"], later["service_id"]):
                    bad.append({"line": later["line"], "trips": f"{row['trip_id']} / {later['trip_id']}"})
    table = pl.DataFrame(bad, schema={"line": pl.UInt32, "trips": pl.String}).sort("line")
    what = Text(
        vi="trips.txt: hai chuyến cùng một xe (block_id) trùng giờ.",
        en="trips.txt: trips of one block overlap in time.",
    )
    mend = Text(vi="Tách block_id hoặc sửa giờ.", en="Give them different blocks, or mend their times.")
    return faults_of("block_overlap", Severity.WARNING, "trips.txt", table, what, mend, example="trips")


def _both_run(feed: RawFeed, one: str | None, other: str | None) -> bool:
    if one == other:
        return True
    return not feed.running.get(one or "", frozenset()).isdisjoint(feed.running.get(other or "", frozenset()))
