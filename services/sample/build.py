"""Build the sample city: write its sources, then import them exactly as a real city is imported."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from routing.network import read_osm
from schemas.text import Text
from services.city.folder import City
from services.city.importer import Progress, Request, import_city
from services.city.report import Report
from services.city.tables import write_tables
from services.sample.camera import camera_files
from services.sample.feed import make_feed
from services.sample.lines import LINES, Line
from services.sample.network import make_osm

NAME = Text(vi="Hà Nội (thành phố mẫu)", en="Hanoi (sample city)")


def build_sample(
    out: Path, *, seed: int, now_ms: int, lines: Sequence[Line] = LINES, progress: Progress | None = None
) -> tuple[City, Report]:
    """Build the sample city.

    Parameters
    ----------
    out : Path
        The city folder to make; a city there is replaced.
    seed : int
        Same seed, same bytes.
    now_ms : int
        The present; leaves no trace in the folder.
    lines : sequence of Line
        Which bus lines; all by default.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    tuple of (City, Report)
        What was made; its origin is ``sample``.
    """
    progress = progress or Progress()
    with tempfile.TemporaryDirectory(prefix="hanoi-sample-") as name:
        source = Path(name)
        progress.stage("drawing")
        (source / "roads.osm").write_text(make_osm(seed), encoding="utf-8")
        feed = make_feed(seed, read_osm(str(source / "roads.osm")), lines)
        write_tables(source / "gtfs.zip", feed)
        (source / "roster.csv").write_text(make_roster(feed["trips"], seed), encoding="utf-8")
        cameras = camera_files(source, seed)
        request = Request(
            out=out,
            gtfs=source / "gtfs.zip",
            roads=str(source / "roads.osm"),
            cameras=cameras,
            roster=source / "roster.csv",
            name=NAME,
            city_id="sample",
            origin="sample",
        )
        return import_city(request, now_ms=now_ms, progress=progress)


def make_roster(trips: pl.DataFrame, seed: int) -> str:
    """Return the roster: a plate for each block of each line; the plates are of Hanoi's form, their numbers drawn."""
    routes = trips.select("block_id", "route_id").unique().sort("route_id", "block_id")["route_id"].to_list()
    numbers = np.random.default_rng([seed, 29]).choice(100_000, len(routes), replace=False)
    numbers.sort()
    rows = [f"29B-{n // 100:03d}.{n % 100:02d},{route}\n" for n, route in zip(numbers.tolist(), routes, strict=True)]
    return "vehicle_id,route_id\n" + "".join(rows)
