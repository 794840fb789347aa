"""The way along a shape or a trip falls, so that it cannot be trusted; it is measured anew."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

PLACES = (("shapes.txt", "shape_id", "shape_pt_sequence"), ("stop_times.txt", "trip_id", "stop_sequence"))


def find(feed: RawFeed) -> list[Fault]:
    """Find rows whose shape_dist_traveled is less than the one before."""
    out: list[Fault] = []
    what = Text(vi="shape_dist_traveled giảm dọc tuyến.", en="shape_dist_traveled falls along the way.")
    mend = Text(vi="Sửa, hoặc bỏ cột này: sẽ tự đo lại.", en="Mend it, or leave the column out: it is measured anew.")
    for name, key, order in PLACES:
        if "shape_dist_traveled" not in feed.header(name):
            continue
        table = feed.table(name, key, order, "shape_dist_traveled").with_columns(
            pl.col(order, "shape_dist_traveled").cast(pl.Float64, strict=False)
        )
        table = table.drop_nulls().sort(key, order, maintain_order=True)
        way = pl.col("shape_dist_traveled")
        bad = table.filter(way < way.shift(1).over(key)).sort("line")
        out += faults_of("falling_distance", Severity.WARNING, name, bad, what, mend, example=key)
    return out
