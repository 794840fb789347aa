"""From each timed stop of a trip to its next: how long the timetable gives, and how far it is."""

import polars as pl

EARTH_M = 6_371_000.0


def hops_of(calls: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return the hops of trips.

    Parameters
    ----------
    calls : polars.DataFrame
        Stop times along their trips: ``trip_id``, ``stop_id``, ``arrive_s``, ``leave_s``, and what else is to be
        kept of the later stop.
    places : polars.DataFrame
        ``stop_id``, ``lat``, ``lon`` in degrees.

    Returns
    -------
    polars.DataFrame
        ``trip_id``, ``from``, ``to``, ``took_s``, ``metres`` (null where a stop has no place), and what ``calls`` had.
    """
    before = {"from": "stop_id", "left_s": "leave_s"}
    timed = calls.filter(pl.col("arrive_s").is_not_null() | pl.col("leave_s").is_not_null()).with_columns(
        arrive_s=pl.coalesce("arrive_s", "leave_s"), leave_s=pl.coalesce("leave_s", "arrive_s")
    )
    pairs = timed.with_columns(**{n: pl.col(c).shift(1).over("trip_id") for n, c in before.items()})
    pairs = pairs.filter(pl.col("from").is_not_null()).rename({"stop_id": "to"})
    spots = places.unique("stop_id", keep="first").select("stop_id", "lat", "lon")
    first = spots.rename({"lat": "lat0", "lon": "lon0"})
    pairs = pairs.join(first, left_on="from", right_on="stop_id", how="left", maintain_order="left")
    pairs = pairs.join(spots, left_on="to", right_on="stop_id", how="left", maintain_order="left")
    took_s = (pl.col("arrive_s") - pl.col("left_s")).alias("took_s")
    return pairs.with_columns(took_s, metres()).drop("lat", "lon", "lat0", "lon0", "left_s")


def metres() -> pl.Expr:
    """Return an expression: metres between ``lat0, lon0`` and ``lat, lon`` on a sphere, equirectangular."""
    north = (pl.col("lat") - pl.col("lat0")).radians()
    east = (pl.col("lon") - pl.col("lon0")).radians() * ((pl.col("lat") + pl.col("lat0")) / 2).radians().cos()
    return ((north.pow(2) + east.pow(2)).sqrt() * EARTH_M).alias("metres")
