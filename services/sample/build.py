"""Build the sample city: write its sources, then import them exactly as a real city is imported."""

import tempfile
from pathlib import Path

from fleet.gtfs import read_timetable
from fleet.gtfs.clock import service_day_start_ms
from fleet.simulation.day import plan_period
from fleet.simulation.duties import roster_rows
from schemas.text import Text
from services.city.folder import City
from services.city.importer import Progress, Request, import_city
from services.city.report import Report
from services.city.tables import write_tables
from services.sample.camera import camera_files
from services.sample.feed import FIRST_DAY, make_feed
from services.sample.network import make_osm

NAME = Text(vi="Hà Nội (thành phố mẫu)", en="Hanoi (sample city)")
DAY_MS = 24 * 3_600_000


def build_sample(out: Path, *, seed: int, now_ms: int, progress: Progress | None = None) -> tuple[City, Report]:
    """Build the sample city.

    Parameters
    ----------
    out : Path
        The city folder to make; a city there is replaced.
    seed : int
        Same seed, same bytes.
    now_ms : int
        The present; leaves no trace in the folder.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    tuple of (City, Report)
        What was made; its origin is ``sample``.
    """
    with tempfile.TemporaryDirectory(prefix="hanoi-sample-") as name:
        source = Path(name)
        (source / "roads.osm").write_text(make_osm(), encoding="utf-8")
        write_tables(source / "gtfs.zip", make_feed(seed))
        (source / "roster.csv").write_text(make_roster(source / "gtfs.zip"), encoding="utf-8")
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


def make_roster(gtfs: Path) -> str:
    """Return the roster of the simulator's vehicles: each works one line, every day."""
    timetable = read_timetable(gtfs)
    start_ms = service_day_start_ms(FIRST_DAY, timetable.timezone) + DAY_MS
    plan = plan_period(timetable, start_ms, start_ms + DAY_MS)
    pairs = sorted({(vehicle, route) for vehicle, route, _ in roster_rows(plan.runs, plan.duties)})
    return "vehicle_id,route_id\n" + "".join(f"{vehicle},{route}\n" for vehicle, route in pairs)
