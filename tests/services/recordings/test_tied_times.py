"""Stops that a schedule plans at one time, in any order, lie along the shortest way."""

import polars as pl
import pytest

from services.recordings.tied_times import order_tied

# A street to the east, a stop each 0.01 degrees, S0 to S8.
STOPS = pl.DataFrame(
    {
        "stop_id": [f"S{n}" for n in range(9)],
        "stop_lat": ["21.0"] * 9,
        "stop_lon": [f"{105.8 + n / 100}" for n in range(9)],
    }
)


def schedule_of(*calls: tuple[str, str], trip: str = "T1") -> pl.DataFrame:
    return pl.DataFrame(
        {"trip_id": [trip] * len(calls), "arrival_time": [c[0] for c in calls], "stop_id": [c[1] for c in calls]}
    )


TIED = schedule_of(
    ("8:00:00", "S2"), ("8:00:00", "S0"), ("8:00:00", "S3"), ("8:00:00", "S1"),
    ("8:08:00", "S6"), ("8:08:00", "S4"), ("8:08:00", "S7"), ("8:08:00", "S5"), ("8:16:00", "S8"),
)  # fmt: skip


def test_stops_of_one_time_are_ordered_by_the_shortest_way_and_timed_along_it():
    made = order_tied(TIED, STOPS)
    assert made["stop_id"].to_list() == [f"S{n}" for n in range(9)]
    assert made["arrival_time"].to_list() == [f"8:{2 * n:02d}:00" for n in range(9)]


def test_whatever_the_order_in_the_file_the_trip_is_the_same():
    shuffled = TIED[[3, 1, 0, 2, 7, 5, 4, 6, 8]]
    assert order_tied(shuffled, STOPS).equals(order_tied(TIED, STOPS))


def test_two_stops_in_one_minute_are_no_fault_and_stay_as_they_are():
    usual = schedule_of(("8:00:00", "S3"), ("8:00:00", "S0"), ("8:05:00", "S4"))
    assert order_tied(usual, STOPS).equals(usual)


def test_trips_beside_a_tied_one_stay_as_they_are():
    other = schedule_of(("9:00:00", "S0"), ("9:02:00", "S1"), trip="T2")
    made = order_tied(pl.concat([TIED, other]), STOPS)
    assert made.filter(pl.col("trip_id") == "T2").equals(other)
    assert made.height == TIED.height + 2


def test_a_trip_with_a_stop_that_is_nowhere_is_left_to_the_validator():
    lost = TIED.with_columns(stop_id=pl.col("stop_id").str.replace("S3", "S99"))
    assert order_tied(lost, STOPS).equals(lost)


@pytest.mark.parametrize("hour", [23, 25])
def test_times_past_midnight_keep_their_hours(hour: int):
    late = TIED.with_columns(arrival_time=pl.col("arrival_time").str.replace("^8", str(hour)))
    assert order_tied(late, STOPS)["arrival_time"][-1] == f"{hour}:16:00"
