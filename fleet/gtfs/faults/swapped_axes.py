"""A stop's latitude and longitude have changed places."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

NEAR_DEG = 2.0
FAR_DEG = 5.0


def find(feed: RawFeed) -> list[Fault]:
    """Find stops that lie far from the others, and among them with the axes swapped."""
    places = feed.spots
    middle = places.select(pl.col("lat").median(), pl.col("lon").median())
    if places.is_empty():
        return []
    lat, lon = float(middle["lat"][0]), float(middle["lon"][0])
    far = ((pl.col("lat") - lat).abs() > FAR_DEG) | ((pl.col("lon") - lon).abs() > FAR_DEG)
    fits = ((pl.col("lon") - lat).abs() < NEAR_DEG) & ((pl.col("lat") - lon).abs() < NEAR_DEG)
    bad = places.filter(far & fits)
    if feed.near is not None and bad.is_empty():
        at_lon, at_lat = feed.near
        all_swapped = abs(lat - at_lon) < NEAR_DEG and abs(lon - at_lat) < NEAR_DEG
        bad = places if all_swapped and abs(lat - at_lat) > FAR_DEG else bad
    what = Text(vi="stops.txt: vĩ độ và kinh độ bị đổi chỗ.", en="stops.txt: latitude and longitude are swapped.")
    mend = Text(vi="Đổi lại hai cột ở các dòng này.", en="Swap the two columns of these lines.")
    return faults_of("swapped_axes", Severity.ERROR, "stops.txt", bad, what, mend, example="stop_id")
