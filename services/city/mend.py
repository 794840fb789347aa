"""What an import mends in a feed, in order: each rule is one function, one sentence, and says what it did."""

from collections.abc import Callable

import polars as pl

from fleet.gtfs.faults.hops import hops_of
from fleet.gtfs.faults.impossible_hop import is_too_fast
from fleet.gtfs.faults.zero_second_hop import takes_no_time
from fleet.gtfs.tables import seconds_of
from schemas.text import Text
from services.city.folder import CityError
from services.city.report import DOUBTFUL, DROPPED, Finding, finding
from services.city.tables import Tables, list_calls

Rule = Callable[[Tables], list[Finding]]


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
    falls = ordered.filter(pl.col("arrive_s") < pl.col("leave_s").shift(1).over("trip_id"))
    backwards = ordered.filter(pl.col("leave_s") < pl.col("arrive_s"))
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
    """Between two stops no bus drives faster than 120 km/h, nor takes no time for 200 m."""
    places = tables["stops"].select(
        "stop_id",
        pl.col("stop_lat").cast(pl.Float64).alias("lat"),
        pl.col("stop_lon").cast(pl.Float64).alias("lon"),
    )
    hops = hops_of(_timed(tables), places)
    still, fast = hops.filter(takes_no_time()), hops.filter(is_too_fast())
    return finding(
        "gtfs",
        "zero_second_hops",
        DOUBTFUL,
        still.height,
        Text(
            vi=f"{still.height} chặng giữa hai điểm dừng cách nhau hơn 200 m có cùng giờ",
            en=f"{still.height} hops between stops over 200 m apart take no time in the timetable",
        ),
        _examples(still),
    ) + finding(
        "gtfs",
        "fast_hops",
        DOUBTFUL,
        fast.height,
        Text(
            vi=f"{fast.height} chặng đòi hỏi xe chạy nhanh hơn 120 km/h",
            en=f"{fast.height} hops ask a bus to drive faster than 120 km/h",
        ),
        _examples(fast),
    )


def _examples(hops: pl.DataFrame) -> tuple[str, ...]:
    pairs = hops.select(pl.col("from") + " → " + pl.col("to")).to_series().unique(maintain_order=True)
    return tuple(pairs.head(5).to_list())


def _timed(tables: Tables) -> pl.DataFrame:
    """Return the stop times that state a time, in order, with seconds of the service day."""
    return (
        list_calls(tables)
        .select(
            "trip_id",
            "stop_id",
            seconds_of("arrival_time").alias("arrive_s"),
            seconds_of("departure_time").alias("leave_s"),
        )
        .with_columns(pl.coalesce("arrive_s", "leave_s"), pl.coalesce("leave_s", "arrive_s"))
        .drop_nulls("arrive_s")
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
