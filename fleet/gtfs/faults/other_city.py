"""The feed is of another city, or some of its stops are."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.hops import metres
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

FAR_M = 150_000.0


def find(feed: RawFeed) -> list[Fault]:
    """Find feeds whose middle lies far from the city, and single stops far from the middle."""
    places = feed.places
    if places.is_empty():
        return []
    lat, lon = float(places["lat"].median()), float(places["lon"].median())  # type: ignore[arg-type]
    out: list[Fault] = []
    if feed.near is not None:
        point = pl.DataFrame({"lat": [lat], "lon": [lon], "lat0": [feed.near[1]], "lon0": [feed.near[0]]})
        away = point.select(metres(), pl.lit(f"{lat:.4f}, {lon:.4f}").alias("at")).filter(pl.col("metres") > FAR_M)
        what = Text(vi="Dữ liệu của một thành phố khác.", en="The feed is of another city.")
        mend = Text(vi="Kiểm tra lại tệp.", en="Check whether this is the right file.")
        out += faults_of("other_city", Severity.ERROR, "stops.txt", away, what, mend, example="at")
    spread = places.with_columns(lat0=pl.lit(lat), lon0=pl.lit(lon)).with_columns(metres())
    alone = spread.filter(pl.col("metres") > FAR_M)
    what = Text(
        vi="stops.txt: điểm dừng cách thành phố hơn 150 km.", en="stops.txt: stops over 150 km from the others."
    )
    mend = Text(vi="Sửa toạ độ các điểm này.", en="Mend the places of these stops.")
    return out + faults_of("other_city", Severity.WARNING, "stops.txt", alone, what, mend, example="stop_id")
