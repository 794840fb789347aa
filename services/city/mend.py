"""What an import mends in a feed, in order: each rule is one function, one sentence, and says what it did."""

from collections.abc import Callable

import polars as pl

from fleet.gtfs.tables import seconds_of
from schemas.text import Text
from services.city.folder import CityError
from services.city.report import DOUBTFUL, DROPPED, Finding, finding
from services.city.tables import Tables

Rule = Callable[[Tables], list[Finding]]
FAST_MPS = 120 / 3.6
METRES_PER_DEGREE = 111_195.0


def drop_stops_without_place(tables: Tables) -> list[Finding]:
    """A stop whose place is no number, outside the earth or at 0, 0 is left out."""
    stops = tables["stops"]
    lat, lon = (pl.col(name).cast(pl.Float64, strict=False) for name in ("stop_lat", "stop_lon"))
    good = lat.is_between(-90, 90) & lon.is_between(-180, 180) & ~((lat.abs() < 0.01) & (lon.abs() < 0.01))
    kept = stops.filter(good.fill_null(value=False)).unique("stop_id", keep="first", maintain_order=True)
    if kept.is_empty():
        raise CityError("stops.txt: no stop has a usable place; are stop_lat and stop_lon swapped or empty?")
    tables["stops"] = kept
    lost = stops.join(kept, on="stop_id", how="anti")["stop_id"].to_list()
    return finding(
        "gtfs",
        "stops_without_place",
        DROPPED,
        stops.height - kept.height,
        Text(
            vi=f"{stops.height - kept.height} điểm dừng không có tọa độ dùng được hoặc trùng mã đã bị bỏ",
            en=f"{stops.height - kept.height} stops without a usable place, or twice under one id, were left out",
        ),
        tuple(lost),
    )


def drop_broken_stop_times(tables: Tables) -> list[Finding]:
    """A stop time of an unknown trip or stop, with an unreadable time or sequence, is left out."""
    times = tables["stop_times"]
    readable = [(pl.col(name) == "") | seconds_of(name).is_not_null() for name in ("arrival_time", "departure_time")]
    number = pl.col("stop_sequence").cast(pl.Int64, strict=False)
    kept = (
        times.filter(*readable, number.is_not_null() & (number >= 0))
        .join(tables["trips"].select("trip_id"), on="trip_id", how="semi")
        .join(tables["stops"].select("stop_id"), on="stop_id", how="semi")
        .unique(["trip_id", "stop_sequence"], keep="first", maintain_order=True)
    )
    tables["stop_times"] = kept
    lost = times.height - kept.height
    return finding(
        "gtfs",
        "broken_stop_times",
        DROPPED,
        lost,
        Text(
            vi=f"{lost} dòng giờ dừng sai giờ, hoặc thuộc chuyến hay điểm dừng không có, đã bị bỏ",
            en=f"{lost} stop times with an unreadable time, or of an unknown trip or stop, were left out",
        ),
    )


def drop_trips_back_in_time(tables: Tables) -> list[Finding]:
    """A trip whose times fall from one stop to the next is left out whole."""
    ordered = _timed(tables)
    falls = ordered.filter(pl.col("arrival_s") < pl.col("departure_s").shift(1).over("trip_id"))
    backwards = ordered.filter(pl.col("departure_s") < pl.col("arrival_s"))
    bad = pl.concat([falls.select("trip_id"), backwards.select("trip_id")]).unique()
    tables["stop_times"] = tables["stop_times"].join(bad, on="trip_id", how="anti")
    return finding(
        "gtfs",
        "trips_back_in_time",
        DROPPED,
        bad.height,
        Text(
            vi=f"{bad.height} chuyến có giờ đi ngược đã bị bỏ",
            en=f"{bad.height} trips that go back in time were left out",
        ),
        tuple(sorted(bad["trip_id"].to_list())),
    )


def drop_empty_trips(tables: Tables) -> list[Finding]:
    """A trip of an unknown route or service, or with fewer than two stops, is left out."""
    trips = tables["trips"].unique("trip_id", keep="first", maintain_order=True)
    calls = tables["stop_times"].group_by("trip_id").len().filter(pl.col("len") >= 2)
    services = pl.concat(
        [tables[name].select("service_id") for name in ("calendar", "calendar_dates") if name in tables]
    ).unique()
    kept = (
        trips.join(tables["routes"], on="route_id", how="semi")
        .join(services, on="service_id", how="semi")
        .join(calls, on="trip_id", how="semi")
    )
    lost = tables["trips"].height - kept.height
    if kept.is_empty():
        raise CityError(
            "trips.txt: no trip has a route, a calendar and two stops with readable times; the feed is unusable"
        )
    tables["trips"] = kept
    tables["stop_times"] = tables["stop_times"].join(kept, on="trip_id", how="semi")
    return finding(
        "gtfs",
        "empty_trips",
        DROPPED,
        lost,
        Text(
            vi=f"{lost} chuyến không có tuyến, lịch hoặc đủ hai điểm dừng đã bị bỏ",
            en=f"{lost} trips without a route, a calendar or two stops were left out",
        ),
    )


def doubt_fast_hops(tables: Tables) -> list[Finding]:
    """Between two stops no bus drives faster than 120 km/h, nor arrives in the second it left."""
    stops = tables["stops"].select(
        "stop_id",
        pl.col("stop_lat").cast(pl.Float64).alias("lat"),
        pl.col("stop_lon").cast(pl.Float64).alias("lon"),
    )
    hops = _timed(tables).join(stops, on="stop_id", maintain_order="left")
    before = {name: pl.col(name).shift(1).over("trip_id") for name in ("lat", "lon", "departure_s", "stop_id")}
    east = (pl.col("lon") - before["lon"]) * pl.col("lat").radians().cos()
    hops = hops.with_columns(
        ((east**2 + (pl.col("lat") - before["lat"]) ** 2).sqrt() * METRES_PER_DEGREE).alias("way_m"),
        (pl.col("arrival_s") - before["departure_s"]).alias("hop_s"),
        before["stop_id"].alias("from_id"),
    ).filter(pl.col("hop_s").is_not_null())
    still = hops.filter((pl.col("hop_s") == 0) & (pl.col("way_m") > 1.0))
    fast = hops.filter((pl.col("hop_s") > 0) & (pl.col("way_m") / pl.col("hop_s") > FAST_MPS))
    top = fast.select((pl.col("way_m") / pl.col("hop_s") * 3.6).max()).item() if fast.height else 0.0
    return finding(
        "gtfs",
        "zero_second_hops",
        DOUBTFUL,
        still.height,
        Text(
            vi=f"{still.height} chặng có thời gian chạy 0 giây theo biểu đồ",
            en=f"{still.height} hops between two places take no time in the timetable",
        ),
        _examples(still),
    ) + finding(
        "gtfs",
        "fast_hops",
        DOUBTFUL,
        fast.height,
        Text(
            vi=f"{fast.height} chặng đòi hỏi nhanh hơn 120 km/h (đến {top:,.0f} km/h)",
            en=f"{fast.height} hops ask for more than 120 km/h (up to {top:,.0f} km/h)",
        ),
        _examples(fast),
    )


def _examples(hops: pl.DataFrame) -> tuple[str, ...]:
    pairs = hops.select(pl.col("from_id") + " → " + pl.col("stop_id")).to_series().unique(maintain_order=True)
    return tuple(pairs.head(5).to_list())


def _timed(tables: Tables) -> pl.DataFrame:
    """Return the stop times that state a time, in order, with seconds of the service day."""
    return (
        tables["stop_times"]
        .select(
            "trip_id",
            "stop_id",
            pl.col("stop_sequence").cast(pl.Int64),
            seconds_of("arrival_time").alias("arrival_s"),
            seconds_of("departure_time").alias("departure_s"),
        )
        .with_columns(pl.coalesce("arrival_s", "departure_s"), pl.coalesce("departure_s", "arrival_s"))
        .drop_nulls("arrival_s")
        .sort("trip_id", "stop_sequence")
    )


RULES: tuple[Rule, ...] = (
    drop_stops_without_place,
    drop_broken_stop_times,
    drop_trips_back_in_time,
    drop_empty_trips,
    doubt_fast_hops,
)


def mend(tables: Tables) -> list[Finding]:
    """Run every rule in order over a feed.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed; changed in place.

    Returns
    -------
    list of Finding
        What was left out and what is doubtful.
    """
    return [found for rule in RULES for found in rule(tables)]
