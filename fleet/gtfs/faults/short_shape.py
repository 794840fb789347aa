"""A shape has a single point and is no line."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find shapes of one point."""
    bad = feed.table("shapes.txt", "shape_id").drop_nulls().filter(pl.len().over("shape_id") < 2)
    what = Text(vi="Hình tuyến chỉ có một điểm.", en="A shape has a single point.")
    mend = Text(vi="Thêm các điểm của tuyến, hoặc xoá hình này.", en="Add its points, or take the shape out.")
    return faults_of("short_shape", Severity.WARNING, "shapes.txt", bad, what, mend, example="shape_id")
