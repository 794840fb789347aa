"""`hanoi bench latency`: one fix HTTP in → SSE out, beside a city's worth of other buses."""

import random
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
import msgspec

from schemas.fix import Fix
from services.bench.report import Figure, print_report
from services.ingest.tokens import internal_token
from services.play.bodies import write_csv
from services.play.command import settings_of
from services.play.sender import SendError

SOURCE = "bench"
REPORT_EVERY_S = 10.0
WAIT_S = 20.0
GOAL_P95_MS = 3_000.0
DEGREES_PER_M = 1 / 111_320


@dataclass
class Seen:
    """What came out of the event stream: (vehicle, time of fix) → monotonic seconds."""

    arrivals: dict[tuple[str, int], float]
    changed: threading.Condition
    failed: str | None = None


class Traffic:
    """Buses that move a little with each report, spread over the city.

    Parameters
    ----------
    buses : int
        How many.
    bbox : tuple of four floats
        West, south, east, north in degrees.
    seed : int
        Same seed, same places.
    """

    def __init__(self, buses: int, bbox: tuple[float, float, float, float], seed: int = 1) -> None:
        chance = random.Random(seed)  # noqa: S311 - places of buses, no secret
        west, south, east, north = bbox
        self._places = [(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(buses)]

    def fix(self, number: int, time_ms: int) -> Fix:
        """Return one report of one bus at one moment."""
        lon, lat = self._places[number]
        ahead = (time_ms // 1000 % 600) * 5 * DEGREES_PER_M
        return Fix(
            vehicle_id=f"bench-{number}",
            time_ms=time_ms,
            lon=lon,
            lat=lat + ahead,
            source=SOURCE,
            received_ms=time_ms,
            speed_mps=5.0,
            heading_deg=0.0,
        )


@click.command()
@click.option("--buses", type=click.IntRange(min=0), default=500, show_default=True, help="Others on the road.")
@click.option("--probes", type=click.IntRange(min=1), default=60, show_default=True, help="Fixes that are timed.")
@click.option("--doors", help="Address of the doors.  [default: as the settings say]")
@click.option("--pages", help="Address of the pages.  [default: as the settings say]")
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder of the running city.")
def latency(buses: int, probes: int, doors: str | None, pages: str | None, var_dir: Path | None) -> None:
    """Time one fix from HTTP in to SSE out, on a running city."""
    settings = settings_of(var_dir)
    doors = doors or f"http://{settings.ingest.host}:{settings.ingest.port}"
    pages = pages or f"http://{settings.api.host}:{settings.api.port}"
    headers = {"Authorization": f"Bearer {internal_token(settings, SOURCE)}", "Content-Type": "text/csv"}
    try:
        with (
            httpx.Client(base_url=pages, timeout=WAIT_S, trust_env=False) as reader,
            httpx.Client(base_url=doors, timeout=WAIT_S, headers=headers, trust_env=False) as writer,
        ):
            bbox = tuple(reader.get("/api/city").raise_for_status().json()["bbox"])
            outcome = _measure(reader, writer, Traffic(buses + 1, bbox), buses, probes)
    except (httpx.HTTPError, SendError) as error:
        raise click.ClickException(f"{type(error).__name__}: {error}; is `hanoi run` running?") from error
    through, acknowledged, lost = outcome
    if not through:
        raise click.ClickException(f"none of {lost} fixes came out of the event stream within {WAIT_S:.0f} s")
    print_report("latency", _figures(through, acknowledged, lost))


def _measure(
    reader: httpx.Client, writer: httpx.Client, traffic: Traffic, buses: int, probes: int
) -> tuple[list[float], list[float], int]:
    seen = Seen({}, threading.Condition())
    stop = threading.Event()
    listening = threading.Event()
    threads = [
        threading.Thread(target=_listen, args=(reader, f"bench-{buses}", seen, listening, stop), daemon=True),
        threading.Thread(target=_drive, args=(writer, traffic, buses, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    if not listening.wait(WAIT_S):
        raise SendError(seen.failed or "the event stream did not open")
    through, acknowledged, lost = [], [], 0
    try:
        for number in range(probes):
            stop.wait(0.5 + (number % 10) * 0.05)  # not in step with the stream's own second
            time_ms = time.time_ns() // 1_000_000 // 1000 * 1000
            began_s = time.perf_counter()
            _post(writer, [traffic.fix(buses, time_ms)])
            acknowledged.append((time.perf_counter() - began_s) * 1000)
            came_s = _wait_for(seen, (f"bench-{buses}", time_ms))
            if came_s is None:
                lost += 1
            else:
                through.append((came_s - began_s) * 1000)
    finally:
        stop.set()
    return through, acknowledged, lost


def _wait_for(seen: Seen, key: tuple[str, int]) -> float | None:
    with seen.changed:
        seen.changed.wait_for(lambda: key in seen.arrivals or seen.failed, WAIT_S)
        if seen.failed:
            raise SendError(seen.failed)
        return seen.arrivals.get(key)


def _post(client: httpx.Client, fixes: list[Fix]) -> None:
    response = client.post("/v1/fixes/csv", content=write_csv(fixes))
    if response.status_code != 202:
        raise SendError(f"the door answered {response.status_code}: {response.text[:300]}")


def _drive(client: httpx.Client, traffic: Traffic, buses: int, stop: threading.Event) -> None:
    rounds = 0
    began_s = time.monotonic()
    while not stop.is_set():
        time_ms = time.time_ns() // 1_000_000
        # A tenth of the buses reports each second.
        batch = [traffic.fix(number, time_ms) for number in range(rounds % 10, buses, 10)]
        try:
            if batch:
                _post(client, batch)
        except (httpx.HTTPError, SendError):
            if stop.is_set():
                return
        rounds += 1
        stop.wait(max(0.0, began_s + rounds * REPORT_EVERY_S / 10 - time.monotonic()))


def _listen(
    client: httpx.Client, vehicle_id: str, seen: Seen, listening: threading.Event, stop: threading.Event
) -> None:
    try:
        with client.stream("GET", "/api/live", params={"topics": "vehicles"}) as response:
            response.raise_for_status()
            listening.set()
            for event, data in read_events(response.iter_lines()):
                if stop.is_set():
                    return
                if event == "vehicles":
                    _note(seen, vehicle_id, data)
    except httpx.HTTPError as error:
        with seen.changed:
            seen.failed = f"the event stream broke: {type(error).__name__}"
            seen.changed.notify_all()


def _note(seen: Seen, vehicle_id: str, data: str) -> None:
    now_s = time.perf_counter()
    for vehicle in msgspec.json.decode(data)["vehicles"]:
        if vehicle["vehicle_id"] == vehicle_id:
            with seen.changed:
                seen.arrivals.setdefault((vehicle_id, vehicle["time_ms"]), now_s)
                seen.changed.notify_all()


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Read server-sent events.

    Parameters
    ----------
    lines : iterator of str
        The stream, a line each.

    Yields
    ------
    tuple of str and str
        The event's name and its data.
    """
    event = "message"
    data: list[str] = []
    for line in lines:
        if not line:
            if data:
                yield event, "\n".join(data)
            event, data = "message", []
        elif line.startswith("event:"):
            event = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))


def _figures(through: list[float], acknowledged: list[float], lost: int) -> list[Figure]:
    through_goal = f"p95 <= {GOAL_P95_MS:.0f}"
    return [
        Figure(
            "fix_to_sse_p50_ms", "ms", _quantile(through, 50), "acknowledged by the door", _quantile(acknowledged, 50)
        ),
        Figure(
            "fix_to_sse_p95_ms",
            "ms",
            _quantile(through, 95),
            "acknowledged by the door",
            _quantile(acknowledged, 95),
            goal=through_goal,
        ),
        Figure("fix_acknowledged_p50_ms", "ms", _quantile(acknowledged, 50)),
        Figure("fix_acknowledged_p95_ms", "ms", _quantile(acknowledged, 95)),
        Figure("probes_lost", "fixes", float(lost), goal="0"),
    ]


def _quantile(values: list[float], percent: int) -> float:
    if len(values) == 1:
        return round(values[0], 1)
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)
