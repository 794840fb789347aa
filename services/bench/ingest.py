"""`hanoi bench ingest`: each door on one core beside the plainest handler, and a good source beside a mad one."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from schemas.fix import Fix
from services.bench.raw_http import flood, pace, post_all, request
from services.bench.report import Figure, print_report
from services.ingest.tokens import add_token
from services.play.bodies import write_csv, write_gtfs_rt, write_ufms, write_ufms_json
from services.settings import Settings

WRITERS = {"ufms": write_ufms, "gtfs-rt": write_gtfs_rt, "ufms-json": write_ufms_json, "csv": write_csv}
A_BODY = 500
CONNECTIONS, MANY_CONNECTIONS, MAD_CONNECTIONS = 4, 64, 32
PEER = "Starlette, JSON decoded, one append a record"
DEFAULT_RATE_PER_S = 5_000.0


@click.command()
@click.option("--count", default=100_000, show_default=True, help="Records through each door.")
@click.option("--seconds", default=10.0, show_default=True, help="How long each flood lasts.")
def ingest(count: int, seconds: float) -> None:
    """Time the doors on one core beside a bare handler, and a good source while a mad one floods."""
    with tempfile.TemporaryDirectory(prefix="hanoi-bench-") as name:
        folder = Path(name)
        settings = Settings({"HANOI_INGEST_TOKENS_FILE": str(folder / "tokens.json")})
        good, mad = add_token(settings, "good"), add_token(settings, "mad")
        with served(folder, "naive") as port:
            naive = measure_door(port, "ufms-json", count // 10, good)
            naive_single = measure_singles(port, count // 20, good, as_json=True)
            naive_calm, naive_flood, _ = measure_flood(port, good, mad, seconds)
        with served(folder, "doors") as port:
            figures = [
                Figure(f"{door}_records_per_s", "1/s", measure_door(port, door, count, good), PEER, naive)
                for door in WRITERS
            ]
            single = measure_singles(port, count // 20, good)
            figures.append(Figure("osmand_single_records_per_s", "1/s", single, PEER, naive_single))
            calm, fair, _ = measure_flood(port, good, mad, seconds)
        with served(folder, "doors", rate_per_s=DEFAULT_RATE_PER_S) as port:
            _, limited, statuses = measure_flood(port, good, mad, seconds)
    figures += [
        Figure("good_source_calm_p95_ms", "ms", calm, PEER, naive_calm),
        Figure("good_source_in_flood_no_rate_p95_ms", "ms", fair, PEER, naive_flood),
        Figure("good_source_in_flood_p95_ms", "ms", limited, PEER, naive_flood, "ratio <= 0.1"),
        Figure(
            "mad_source_turned_away_share", "share", round(statuses.get(429, 0) / max(1, sum(statuses.values())), 4)
        ),
    ]
    print_report("ingest", figures)


@contextmanager
def served(folder: Path, kind: str, rate_per_s: float = 1e12) -> Iterator[int]:
    """Serve in a process of its own, pinned to one core, and yield the port."""
    words = [sys.executable, "-m", "services.bench.ingest_child", kind, str(folder), "--rate", str(rate_per_s)]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line.strip().isdigit():
            raise click.ClickException(f"the server {kind} did not start")
        yield int(line)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()


def make_fixes(count: int) -> list[Fix]:
    """Return reports of as many buses, now."""
    now_ms = time.time_ns() // 1_000_000_000 * 1000
    return [
        Fix(
            vehicle_id=f"29B-{number % 1900:05d}", time_ms=now_ms, lon=105.8 + number % 97 / 1000, lat=21.03,
            source="bench", received_ms=now_ms, speed_mps=5.0, heading_deg=90.0, ignition=True, driver_id="D",
        )
        for number in range(count)
    ]  # fmt: skip


def measure_door(port: int, door: str, count: int, token: str) -> int:
    """Return records per second through a door, 500 a body."""
    body = WRITERS[door](make_fixes(A_BODY))
    return _per_s(port, [request(f"/v1/fixes/{door}", body, token)] * max(1, count // A_BODY), A_BODY)


def measure_singles(port: int, count: int, token: str, *, as_json: bool = False) -> int:
    """Return records per second where each comes alone, as from phones."""
    fixes = make_fixes(1)
    if as_json:
        one = request("/v1/fixes/ufms-json", write_ufms_json(fixes), token)
    else:
        at = fixes[0].time_ms // 1000
        one = request("/v1/fixes/osmand", f"id=29B-1&lat=21.03&lon=105.85&timestamp={at}&speed=9".encode(), token)
    return _per_s(port, [one] * max(1, count), 1)


def _per_s(port: int, requests: Sequence[bytes], records_each: int) -> int:
    took_s, taken = asyncio.run(post_all(port, requests, CONNECTIONS if records_each > 1 else MANY_CONNECTIONS))
    if taken < len(requests):
        raise click.ClickException(f"{len(requests) - taken} of {len(requests)} bodies were not taken")
    return round(len(requests) * records_each / took_s)


def measure_flood(port: int, good: str, mad: str, seconds: float) -> tuple[float, float, dict[int, int]]:
    """Return the good source's p95 in ms alone and beside a flood, and what the flood was answered."""
    one = request("/v1/fixes/ufms-json", write_ufms_json(make_fixes(1)), good)
    calm = asyncio.run(pace(port, one, 0.05, time.time() + seconds / 2))
    many = request("/v1/fixes/ufms-json", write_ufms_json(make_fixes(A_BODY)), mad)
    heard: multiprocessing.Queue[dict[int, int]] = multiprocessing.Queue()
    until_s = time.time() + seconds + 1.0
    madness = multiprocessing.Process(target=_go_mad, args=(port, many, until_s, heard))
    madness.start()
    time.sleep(1.0)
    beside = asyncio.run(pace(port, one, 0.05, until_s - 0.2))
    statuses = heard.get(timeout=120)
    madness.join()
    return p95_ms(calm), p95_ms(beside), statuses


def _go_mad(port: int, data: bytes, until_s: float, heard: "multiprocessing.Queue[dict[int, int]]") -> None:
    with suppress(OSError):  # the good source must not wait for the mad one's process, only for the server
        os.nice(10)
    heard.put(asyncio.run(flood(port, data, MAD_CONNECTIONS, until_s)))


def p95_ms(took_s: Sequence[float]) -> float:
    """Return the 95th percentile in ms; infinite where nothing was taken."""
    return round(sorted(took_s)[int(len(took_s) * 0.95)] * 1000, 1) if took_s else float("inf")
