"""`hanoi bench api`: answers and streams of a real api process with a whole fleet reporting."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from services.bench.api_load import Load, Rig, open_api
from services.bench.api_naive import Naive
from services.bench.api_users import ask_as_users
from services.bench.path.ledger import quantile
from services.bench.report import Figure, print_report
from services.bench.sse_crowd import listen_many
from services.play.command import settings_of

ALONE = "each listener encoded alone"
FULL = "the same changes in full JSON"
REBUILT = "rebuilt from messages per request"


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), help="City folder with a feed.")
@click.option("--buses", default=2000, show_default=True, help="Buses that report every 10 s.")
@click.option("--seconds", default=15.0, show_default=True, help="How long each measurement takes.")
@click.option("--listeners", default="200,1000", show_default=True, help="How many listen at once, with commas.")
@click.option("--users", default=500, show_default=True, help="People who ask at once, with pauses.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same buses.")
def api(city: Path | None, buses: int, seconds: float, listeners: str, users: int, seed: int) -> None:
    """Time the api with a fleet reporting, beside naive ways: arrivals, buses, feeds, people, streams."""
    folder = city or settings_of(None).place.city_dir
    if not (folder / "gtfs.zip").exists():
        raise click.ClickException(f"{folder} has no gtfs.zip; build a city with `hanoi sample build --out {folder}`")
    try:
        crowds = [int(part) for part in listeners.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{listeners!r} is no list of whole numbers", param_hint="--listeners") from error
    with open_api(folder, Load(buses=buses, seed=seed)) as rig:
        print_report("api", measure(rig, seconds, crowds, users))


def measure(rig: Rig, seconds: float, crowds: list[int], users: int) -> list[Figure]:
    """Measure everything once.

    Parameters
    ----------
    rig : Rig
        The api and its load.
    seconds : float
        How long each measurement takes.
    crowds : list of int
        How many listen at once, one after another.
    users : int
        How many ask at once.

    Returns
    -------
    list of Figure
        ``p99_ms`` and ``failures`` are of arrivals.
    """
    naive = Naive(rig.table, rig.newest_records())
    figures = [Figure("first_answer_s", "s", round(rig.first_answer_s, 2))]
    figures += _arrivals(rig, naive, seconds)
    figures += _vehicles(rig, naive, seconds)
    figures += _feeds(rig, naive, seconds)
    figures += _users(rig, users, seconds)
    for count in crowds:
        figures += _crowd(rig, naive, count, seconds)
    figures.append(Figure("api_mib", "MiB", round(rig.api_mib(), 1)))
    return figures


def _arrivals(rig: Rig, naive: Naive, seconds: float) -> list[Figure]:
    paths = [f"/api/stops/{quote(stop_id, safe='')}/arrivals" for stop_id in rig.stop_ids()]
    took_ms, failures, per_s = rig.ask(paths, seconds)
    naive_ms = _timed(naive.arrivals, rig.stop_ids()[:12])
    return [
        Figure("p50_ms", "ms", _q(took_ms, 50), REBUILT, _q(naive_ms, 50)),
        Figure("p99_ms", "ms", _q(took_ms, 99), REBUILT, _q(naive_ms, 99), goal="<= 100"),
        Figure("failures", "answers", float(failures), goal="0"),
        Figure("arrivals_per_s", "answers/s", round(per_s, 1)),
    ]


def _vehicles(rig: Rig, naive: Naive, seconds: float) -> list[Figure]:
    took_ms, failures, per_s = rig.ask(["/api/vehicles"], seconds)
    naive_ms = _timed(lambda _: naive.vehicles(), list(range(8)))
    return [
        Figure("vehicles_p99_ms", "ms", _q(took_ms, 99), "made for each request", _q(naive_ms, 99)),
        Figure("vehicles_per_s", "answers/s", round(per_s, 1)),
        Figure("vehicles_failures", "answers", float(failures), goal="0"),
    ]


def _feeds(rig: Rig, naive: Naive, seconds: float) -> list[Figure]:
    took_ms, failures, per_s = rig.ask(["/gtfs-rt/trip-updates.pb", "/gtfs-rt/vehicle-positions.pb"], seconds)
    naive_ms = _timed(lambda _: naive.trip_updates(), list(range(4)))
    return [
        Figure("feeds_p50_ms", "ms", _q(took_ms, 50), "made for each request", _q(naive_ms, 50)),
        Figure("feeds_p99_ms", "ms", _q(took_ms, 99), "made for each request", _q(naive_ms, 99)),
        Figure("feeds_per_s", "answers/s", round(per_s, 1)),
        Figure("feeds_failures", "answers", float(failures), goal="0"),
    ]


def _users(rig: Rig, users: int, seconds: float) -> list[Figure]:
    stops, routes = rig.stop_ids(), rig.table.route_ids
    places = list(zip(rig.table.stop_lon[:: len(stops)], rig.table.stop_lat[:: len(stops)], strict=True))
    paths = {
        "arrivals": [f"/api/stops/{quote(stop_id, safe='')}/arrivals" for stop_id in stops],
        "near": [f"/api/stops/near?lon={lon:.5f}&lat={lat:.5f}" for lon, lat in places],
        "vehicles": [f"/api/vehicles/{quote(driver.vehicle_id, safe='')}" for driver in rig.drivers],
        "route": [f"/api/routes/{quote(route_id, safe='')}" for route_id in routes],
        "search": [f"/api/search?q={quote(name[:6])}" for name in rig.table.stop_names[:: len(stops)]],
        "feed": ["/gtfs-rt/trip-updates.pb", "/gtfs-rt/vehicle-positions.pb", "/gtfs-rt/alerts.pb"],
    }
    heard = ask_as_users(rig.port, paths, users, seconds)
    parts = [Figure(f"users_{name}_p99_ms", "ms", _q(took, 99)) for name, took in sorted(heard.took_ms.items())]
    return [
        Figure(f"users_{users}_p50_ms", "ms", _q(heard.all_ms, 50)),
        Figure(f"users_{users}_p99_ms", "ms", _q(heard.all_ms, 99), goal="<= 200"),
        Figure(f"users_{users}_per_s", "answers/s", round(len(heard.all_ms) / seconds, 1)),
        Figure(f"users_{users}_failures", "answers", float(heard.failures), goal="0"),
        *parts,
    ]


def _crowd(rig: Rig, naive: Naive, count: int, seconds: float) -> list[Figure]:
    heard = asyncio.run(listen_many(rig.port, count, seconds, rig.api_cpu_s))
    changes = rig.load.buses / rig.load.every_s
    alone_ms = naive.encode_ms(round(changes)) * count
    full_kb = naive.bytes_per_bus() * changes / 1000
    return [
        Figure(f"sse_{count}_cpu_ms_per_s", "ms/s", round(heard.cpu_ms_per_s, 1), ALONE, round(alone_ms, 1)),
        Figure(f"sse_{count}_kb_per_s", "kB/s each", round(heard.kb_per_s, 2), FULL, round(full_kb, 1)),
        Figure(f"sse_{count}_lost", "listeners", float(heard.lost), goal="0"),
        Figure(f"sse_{count}_slowest_s", "s without an event", round(heard.slowest_s, 2)),
    ]


def _timed(act: Callable[[Any], object], over: Sequence[object]) -> list[float]:
    took = []
    for item in over:
        began_s = time.perf_counter()
        act(item)
        took.append((time.perf_counter() - began_s) * 1000)
    return took


def _q(values: list[float], percent: float) -> float:
    return round(quantile(values, percent), 2)
