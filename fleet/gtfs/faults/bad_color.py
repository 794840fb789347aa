"""A line's colour is none."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

COLORS = {"routes.txt": ("route_color", "route_text_color")}


def find(feed: RawFeed) -> list[Fault]:
    """Find colours that are not six hexadecimal digits."""
    out: list[Fault] = []
    for name, column, table in feed.columns_of(COLORS):
        bad = table.filter(~pl.col(column).str.contains(r"^[0-9A-Fa-f]{6}$").fill_null(value=True))
        what = Text(vi=f"{name}: {column} không phải màu.", en=f"{name}: {column} is no colour.")
        mend = Text(vi="Viết sáu chữ số hex, không có #.", en="Write six hexadecimal digits without #.")
        out += faults_of("bad_color", Severity.ERROR, name, bad, what, mend, example=column)
    return out
