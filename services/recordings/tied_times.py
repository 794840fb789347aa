"""Stops of a trip that a schedule without ``stop_sequence`` plans at one time stand there in no order.

A few lines of the Austin day files give each stop the time of the timepoint before it, up to sixteen stops at once. In
the file's order such a trip goes to and fro for twice its length. Here they lie in the order of the shortest way, and
get times in proportion to it.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.earth import METRES_PER_DEGREE

FEWEST = 3
ROUNDS = 30
Floats = NDArray[np.float64]


def order_tied(times: pl.DataFrame, stops: pl.DataFrame) -> pl.DataFrame:
    """Return stop times in which stops that share a time, three or more, are ordered and timed by the shortest way.

    Parameters
    ----------
    times : DataFrame
        ``trip_id``, ``arrival_time`` (H:MM:SS) and ``stop_id`` as text, each trip in the order of its times; other
        columns stay.
    stops : DataFrame
        ``stop_id``, ``stop_lat``, ``stop_lon`` as text.

    Returns
    -------
    DataFrame
        The same rows; trips without such stops as they were.
    """
    count = times.select(pl.len().over("trip_id", "arrival_time").alias("n"))["n"]
    tied = set(times.filter(count >= FEWEST)["trip_id"])
    if not tied:
        return times
    place = {row[0]: (float(row[1]), float(row[2])) for row in stops.select("stop_id", "stop_lat", "stop_lon").rows()}
    ways: dict[tuple[tuple[int, str], ...], tuple[list[int], Floats]] = {}
    done = [times.filter(~pl.col("trip_id").is_in(tied))]
    for trip in times.filter(pl.col("trip_id").is_in(tied)).partition_by("trip_id", maintain_order=True):
        known = all(stop in place for stop in trip["stop_id"])
        done.append(_order_trip(trip, place, ways) if known else trip)
    return pl.concat(done)


def _order_trip(
    trip: pl.DataFrame,
    place: dict[str, tuple[float, float]],
    ways: dict[tuple[tuple[int, str], ...], tuple[list[int], Floats]],
) -> pl.DataFrame:
    """Return the rows of one trip in order; trips of the same stops, in whatever order, share a way."""
    trip = trip.with_columns(number=pl.col("arrival_time").rle_id()).sort("number", "stop_id", maintain_order=True)
    number = trip["number"].to_numpy().astype(np.int64)
    key = tuple(trip.select("number", "stop_id").rows())
    if key not in ways:
        ways[key] = _order(_metres([place[stop] for stop in trip["stop_id"]]), number)
    order, along = ways[key]
    seconds = np.array([_seconds(text) for text in trip["arrival_time"]], dtype=np.float64)
    timed = trip[order].with_columns(arrival_time=pl.Series(_spread(seconds, number, along)))
    return timed.drop("number")


def _order(points: Floats, number: NDArray[np.int64]) -> tuple[list[int], Floats]:
    """Return the order of the shortest way that keeps the groups of one time in turn, and metres along it."""
    order = _begin(points, number)
    for _ in range(ROUNDS):
        if not _shorten(order, points, number):
            break
    steps = np.hypot(*np.diff(points[order], axis=0).T)
    return order, np.concatenate([[0.0], np.cumsum(steps)])


def _begin(points: Floats, number: NDArray[np.int64]) -> list[int]:
    """Return a first order: from what lies farthest from the next group always to the nearest that is left."""
    later = points[number == min(1, int(number[-1]))].mean(axis=0)
    first = np.flatnonzero(number == 0)
    order = [int(first[np.argmax(np.hypot(*(points[first] - later).T))])]
    for group in range(int(number[-1]) + 1):
        left = [int(i) for i in np.flatnonzero(number == group) if i != order[0]]
        while left:
            near = min(left, key=lambda i: float(np.hypot(*(points[i] - points[order[-1]]))))
            left.remove(near)
            order.append(near)
    return order


def _shorten(order: list[int], points: Floats, number: NDArray[np.int64]) -> bool:
    """Turn round stretches inside groups as long as that shortens the way (2-opt); return whether any did."""
    changed = False
    for i in range(len(order)):
        for j in range(i + 1, len(order)):
            if number[order[j]] != number[order[i]]:
                break
            turned = order[:i] + order[i : j + 1][::-1] + order[j + 1 :]
            if _length(turned[max(0, i - 1) : j + 2], points) < _length(order[max(0, i - 1) : j + 2], points) - 1e-6:
                order[:] = turned
                changed = True
    return changed


def _length(order: Sequence[int], points: Floats) -> float:
    return float(np.hypot(*np.diff(points[list(order)], axis=0).T).sum())


def _spread(seconds: Floats, number: NDArray[np.int64], along: Floats) -> list[str]:
    """Return the times of stops along the way: the first of each group when planned, the others in proportion."""
    firsts = np.flatnonzero(np.diff(number, prepend=-1))
    whole = np.rint(np.interp(along, along[firsts], seconds[firsts])).astype(int)
    return [f"{s // 3600}:{s // 60 % 60:02d}:{s % 60:02d}" for s in whole.tolist()]


def _seconds(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _metres(places: Sequence[tuple[float, float]]) -> Floats:
    degrees = np.array(places)
    east = np.cos(np.radians(degrees[0, 0]))
    return np.stack([degrees[:, 1] * east, degrees[:, 0]], axis=1) * METRES_PER_DEGREE
