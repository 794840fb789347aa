"""Shapes for trips that have none: found on the road network, else straight from stop to stop, and said so."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from routing.network import RoadNetwork, load_network
from routing.paths.shape import ShapeThrough, shape_through
from schemas.text import Text
from services.city.patterns import Pattern
from services.city.report import DOUBTFUL, REPAIRED, Finding, finding
from services.city.tables import Tables, column

Floats = NDArray[np.float64]
LEAST_STEP_M = 0.1


@dataclass(frozen=True)
class Found:
    """The line of one pattern, the metre of each stop on it, and what is doubtful: hop and reason."""

    lonlat: Floats
    stop_m: Floats
    doubts: tuple[tuple[int, str], ...]


def straight(pattern: Pattern) -> Found:
    """Lay a pattern straight from stop to stop."""
    return Found(pattern.lonlat, along_m(pattern.lonlat), ())


def along_m(lonlat: Floats) -> Floats:
    """Return the metres along a line of lon, lat, shape (n, 2), on the WGS 84 ellipsoid."""
    middle = np.radians((lonlat[1:, 1] + lonlat[:-1, 1]) / 2)
    east = 111_412.84 * np.cos(middle) - 93.5 * np.cos(3 * middle)
    north = 111_132.92 - 559.82 * np.cos(2 * middle) + 1.175 * np.cos(4 * middle)
    step = np.hypot(np.diff(lonlat[:, 0]) * east, np.diff(lonlat[:, 1]) * north)
    return np.concatenate([[0.0], np.cumsum(step)])


_NETWORK: RoadNetwork | None = None


def _open(folder: str) -> None:
    global _NETWORK  # noqa: PLW0603  one network a worker process, loaded once
    _NETWORK = load_network(Path(folder))


def _lay(lonlat: Floats) -> Found:
    assert _NETWORK is not None, "the worker was started without its network"
    return from_roads(shape_through(_NETWORK, lonlat))


def from_roads(way: ShapeThrough) -> Found:
    """Translate what the road network found."""
    return Found(way.lonlat, way.stop_m, tuple((doubt.hop, doubt.reason) for doubt in way.doubts))


def lay_patterns(
    patterns: list[Pattern], network_folder: Path | None, *, workers: int, advance: Callable[[], None]
) -> list[Found]:
    """Find the line of every pattern.

    Parameters
    ----------
    patterns : list of Pattern
        What to lay.
    network_folder : Path or None
        A saved network; ``None`` gives straight lines.
    workers : int
        How many processes; 1 stays in this one.
    advance : callable
        Called once a pattern.

    Returns
    -------
    list of Found
        In the order of the patterns.
    """
    found: list[Found] = []
    if network_folder is None:
        for pattern in patterns:
            found.append(straight(pattern))
            advance()
        return found
    if workers <= 1 or len(patterns) < 20:
        _open(str(network_folder))
        for pattern in patterns:
            found.append(_lay(pattern.lonlat))
            advance()
        return found
    with ProcessPoolExecutor(workers, get_context("spawn"), _open, (str(network_folder),)) as pool:
        for line in pool.map(_lay, [pattern.lonlat for pattern in patterns], chunksize=4):
            found.append(line)
            advance()
    return found


def add_shapes(
    tables: Tables, patterns: list[Pattern], of_trip: pl.DataFrame, found: list[Found], *, on_roads: bool
) -> list[Finding]:
    """Write the lines into ``shapes.txt`` and the stops' metres into ``stop_times.txt``.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed; changed in place.
    patterns : list of Pattern
        The patterns laid.
    of_trip : DataFrame
        ``trip_id`` and ``key``.
    found : list of Found
        One line a pattern.
    on_roads : bool
        Whether they were laid on roads; else all are straight.

    Returns
    -------
    list of Finding
        How many were found, and which hops are straight lines.
    """
    if not patterns:
        return []
    points, metres = [], []
    for pattern, line in zip(patterns, found, strict=True):
        lonlat, stop_m = rising(line.lonlat, line.stop_m)
        dist = _rising_dist(lonlat, stop_m)
        points.append(
            pl.DataFrame(
                {
                    "shape_id": [pattern.key] * len(lonlat),
                    "shape_pt_lat": [f"{value:.6f}" for value in lonlat[:, 1].tolist()],
                    "shape_pt_lon": [f"{value:.6f}" for value in lonlat[:, 0].tolist()],
                    "shape_pt_sequence": [str(number) for number in range(1, len(lonlat) + 1)],
                    "shape_dist_traveled": [f"{value:.2f}" for value in dist.tolist()],
                }
            )
        )
        metres.append(
            pl.DataFrame(
                {
                    "key": [pattern.key] * len(stop_m),
                    "place": list(range(len(stop_m))),
                    "stop_m": [f"{m:.2f}" for m in stop_m],
                }
            )
        )
    old = tables.get("shapes")
    tables["shapes"] = pl.concat(
        [*([old] if old is not None and old.height else []), *points], how="diagonal"
    ).with_columns(pl.all().fill_null(""))
    trips = tables["trips"].join(of_trip, on="trip_id", how="left", maintain_order="left")
    tables["trips"] = trips.with_columns(
        pl.coalesce("key", column(tables["trips"], "shape_id")).alias("shape_id")
    ).drop("key")
    times = tables["stop_times"].join(of_trip, on="trip_id", how="left", maintain_order="left")
    times = times.with_columns(
        (pl.col("stop_sequence").cast(pl.Int64).rank("ordinal").over("trip_id") - 1).cast(pl.Int64).alias("place")
    ).join(pl.concat(metres), on=["key", "place"], how="left", maintain_order="left")
    old_dist = column(tables["stop_times"], "shape_dist_traveled")
    tables["stop_times"] = times.with_columns(pl.coalesce("stop_m", old_dist).alias("shape_dist_traveled")).drop(
        "key", "place", "stop_m"
    )
    return _say(patterns, found) if on_roads else _say_straight(patterns)


def rising(lonlat: Floats, stop_m: Floats) -> tuple[Floats, Floats]:
    """Drop repeated points of a line and make the stops' metres rise by at least 0.1 m.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        The line.
    stop_m : ndarray, shape (k,)
        Metres of the stops along it, never falling.

    Returns
    -------
    lonlat : ndarray, shape (m, 2)
        At least two points, neighbours differ at six decimals.
    stop_m : ndarray, shape (k,)
        Strictly rising.
    """
    seen = np.round(lonlat, 6)
    keep = np.concatenate([[True], (np.diff(seen, axis=0) != 0).any(axis=1)])
    line = seen[keep]
    if len(line) < 2:
        line = np.vstack([seen[0], seen[0] + [0.0, 1e-6]])
    steps = LEAST_STEP_M * np.arange(len(stop_m))
    return line, np.maximum.accumulate(stop_m - steps) + steps


def _rising_dist(lonlat: Floats, stop_m: Floats) -> Floats:
    """Measure a line so that it rises at two decimals and reaches its last stop."""
    dist = along_m(lonlat)
    # The network measures in its own metric frame, up to 0.1 % apart: one scale keeps stops and points together.
    if dist[-1] < stop_m[-1]:
        dist = dist * ((stop_m[-1] + 0.01) / dist[-1])
    steps = 0.01 * np.arange(len(dist))
    rising_m: Floats = np.maximum.accumulate(np.round(dist, 2) - steps) + steps
    return rising_m


REASONS = {
    "off_road": Text(
        vi="{n} chặng vẽ đường thẳng: điểm dừng cách đường gần nhất trên 60 m hoặc ngoài bản đồ đường",
        en="{n} hops are straight lines: a stop lies more than 60 m from any road, or outside the roads given",
    ),
    "absurd_detour": Text(
        vi="{n} chặng vẽ đường thẳng: đường đi tìm được vòng quá xa, có thể điểm dừng đặt sai chỗ",
        en="{n} hops are straight lines: the way on the roads is an absurd detour; is the stop misplaced?",
    ),
    "no_path": Text(
        vi="{n} chặng vẽ đường thẳng: không có đường nối hai điểm dừng",
        en="{n} hops are straight lines: no road joins the two stops",
    ),
}


def _say(patterns: list[Pattern], found: list[Found]) -> list[Finding]:
    laid = Text(
        vi=f"{len(patterns)} lộ trình không có hình tuyến; đã tìm trên mạng đường",
        en=f"{len(patterns)} stop patterns had no shape; it was found on the road network",
    )
    findings = finding("gtfs", "shapes_added", REPAIRED, len(patterns), laid)
    hops: dict[str, list[str]] = {reason: [] for reason in REASONS}
    for pattern, line in zip(patterns, found, strict=True):
        for hop, reason in line.doubts:
            pair = pattern.stop_ids[hop : hop + 2]
            hops.setdefault(reason, []).append(" → ".join(pair))
    for reason, names in hops.items():
        words = REASONS.get(reason, REASONS["no_path"])
        text = Text(vi=words.vi.format(n=len(names)), en=words.en.format(n=len(names)))
        findings += finding("gtfs", f"straight_hops_{reason}", DOUBTFUL, len(names), text, tuple(names))
    return findings


def _say_straight(patterns: list[Pattern]) -> list[Finding]:
    text = Text(
        vi=f"{len(patterns)} lộ trình không có hình tuyến và không có mạng đường; vẽ thẳng từ điểm dừng tới điểm dừng",
        en=f"{len(patterns)} stop patterns have no shape and there are no roads; they run straight from stop to stop",
    )
    return finding("gtfs", "straight_shapes", DOUBTFUL, len(patterns), text)
