"""Measure the control map with 2,000 buses in a real browser, and another checkout's map in the same run.

``python -m tests.services.web.bench_map --city DIR [--peer CHECKOUT]`` prints the JSON of a benchmark. Figures come
from Chromium with software drawing, so compare ratios. ``--minutes 10`` also watches the heap for that long. ``--roads
1`` writes states of that share of the city's edges besides; without a peer, the map without them is measured beside it.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, CDPSession, Page

from services.bench.report import Figure, print_report
from tests.services.web.browser import open_browser
from tests.services.web.fleet_load import NAME, PASSWORD

HERE = Path(__file__).resolve()
ROOT = HERE.parents[3]
VIEWS = {"city": "105.8300,21.0200,11.30", "district": "105.8300,21.0200,14.20", "street": "105.8300,21.0200,16.50"}
SETTLE_S = 12.0
WATCH = """
window.watched = {gaps: [], long: 0, longMs: 0}
new PerformanceObserver((list) => list.getEntries().forEach((e) => {
  watched.long += 1; watched.longMs += e.duration })).observe({entryTypes: ['longtask']})
let before = 0
const look = (now) => { if (before) watched.gaps.push(now - before); before = now; requestAnimationFrame(look) }
requestAnimationFrame(look)
"""


@contextmanager
def loaded_city(tree: Path, city: Path, buses: int, roads: float) -> Iterator[tuple[str, int]]:
    """Run a checkout's api over a log into which a seeded fleet reports; gives its address and process id."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        env = {**os.environ, "PYTHONPATH": str(tree)}
        common = ["--folder", folder, "--city", str(city)]
        script = [sys.executable, str(HERE.with_name("fleet_load.py"))]
        log = Path(folder, "log").open("w")  # noqa: SIM115 - closed below, after those who write to it
        quiet: dict[str, Any] = {"env": env, "cwd": tree, "stdout": log, "stderr": log}
        api = subprocess.Popen([*script, "serve", "--port", str(port), *common], **quiet)
        fleet = subprocess.Popen([*script, "write", "--buses", str(buses), "--roads", str(roads), *common], **quiet)
        try:
            base = f"http://127.0.0.1:{port}"
            for kind, least in (("vehicles", buses), ("edges", 1 if roads else 0)):
                wait_for(base, kind, least, [api, fleet], Path(log.name))
            yield base, api.pid
        finally:
            for process in (fleet, api):
                process.terminate()
                process.wait(10)
            log.close()


def wait_for(base: str, kind: str, least: int, processes: list[subprocess.Popen[bytes]], log: Path) -> None:
    """Wait until the api knows so many buses, or edges."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            body = httpx.get(f"{base}/api/{kind}", timeout=20, trust_env=False).json()
            if len(body["vehicles" if kind == "vehicles" else "states"]) >= least:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"{base}: the {kind} did not come\n{log.read_text()[-2000:]}")


def cpu_s(pid: int) -> float:
    """Return the processor seconds a process has used, 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def chromium_cpu_s() -> float:
    """Return the processor seconds of all processes below this one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    mine, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in mine} - mine
        grown = bool(more)
        mine |= more
    names = {pid: Path(f"/proc/{pid}/comm") for pid in mine if pid in parents}
    return sum(cpu_s(pid) for pid, comm in names.items() if comm.exists() and "chrom" in comm.read_text())


def log_in(page: Page, base: str) -> None:
    """Be the operator."""
    csrf = page.request.get(f"{base}/api/auth/me").json()["csrf"]
    data = {"name": NAME, "password": PASSWORD}
    answer = page.request.post(f"{base}/api/auth/login", data=data, headers={"X-CSRF-Token": csrf})
    assert answer.ok, answer.status


def measure(page: Page, session: CDPSession, base: str, at: str, seconds: float) -> dict[str, float]:
    """Open the map at a place and measure it for some seconds."""
    received = [0]
    session.on("Network.dataReceived", lambda event: received.__setitem__(0, received[0] + event["encodedDataLength"]))
    page.goto(f"{base}/control?at={at}")
    page.wait_for_selector(".map-canvas[data-ready=yes]", state="attached", timeout=60_000)
    page.wait_for_timeout(SETTLE_S * 1000)
    page.evaluate("watched.gaps = []; watched.long = 0; watched.longMs = 0")
    start, began_s, cpu, received[0] = metrics(session), time.monotonic(), chromium_cpu_s(), 0
    page.wait_for_timeout(seconds * 1000)
    end, took_s, watched = metrics(session), time.monotonic() - began_s, page.evaluate("watched")
    gaps = sorted(watched["gaps"]) or [took_s * 1000]
    return {
        "main_thread_ms_per_s": 1000 * (end["TaskDuration"] - start["TaskDuration"]) / took_s,
        "script_ms_per_s": 1000 * (end["ScriptDuration"] - start["ScriptDuration"]) / took_s,
        "browser_cpu_ms_per_s": 1000 * (chromium_cpu_s() - cpu) / took_s,
        "frames_per_s": len(gaps) / took_s,
        "frame_p95_ms": gaps[int(0.95 * (len(gaps) - 1))],
        "frame_p99_ms": gaps[int(0.99 * (len(gaps) - 1))],
        "long_tasks_ms_per_s": watched["longMs"] / took_s,
        "received_kb_per_s": received[0] / took_s / 1000,
    }


def metrics(session: CDPSession) -> dict[str, float]:
    """Return Chromium's own figures of the page."""
    found = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in found}


def heap_mb(session: CDPSession) -> float:
    """Return the live heap of the page after a collection."""
    session.send("HeapProfiler.collectGarbage")
    return metrics(session)["JSHeapUsedSize"] / 1e6


def measure_tree(browser: Browser, tree: Path, asked: argparse.Namespace, roads: float) -> dict[str, float]:
    """Measure every view of a checkout's map."""
    found: dict[str, float] = {}
    with loaded_city(tree, asked.city, asked.buses, roads) as (base, api_pid):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
        context.add_init_script(WATCH)
        page = context.new_page()
        session = context.new_cdp_session(page)
        for domain in ("Performance", "Network", "HeapProfiler"):
            session.send(f"{domain}.enable")
        log_in(page, base)
        for view, at in VIEWS.items():
            cpu, began_s = cpu_s(api_pid), time.monotonic()
            rows = measure(page, session, base, at, asked.seconds)
            found |= {f"{view}_{name}": value for name, value in rows.items()}
            found[f"{view}_api_cpu_ms_per_s"] = 1000 * (cpu_s(api_pid) - cpu) / (time.monotonic() - began_s)
        if asked.minutes:
            page.wait_for_timeout(30_000)
            before = heap_mb(session)
            page.wait_for_timeout(asked.minutes * 60_000)
            found["heap_mb"] = heap_mb(session)
            found["heap_growth_mb"] = found["heap_mb"] - before
        context.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", type=Path, required=True, help="a city folder with a timetable")
    parser.add_argument("--peer", type=Path, help="another checkout with built pages, measured in the same run")
    parser.add_argument("--buses", type=int, default=2000)
    parser.add_argument("--roads", type=float, default=0.0, help="share of the city's edges whose states are told")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each view is watched")
    parser.add_argument("--minutes", type=float, default=0.0, help="how long the heap is watched")
    asked = parser.parse_args()
    with open_browser() as browser:
        theirs, peer = {}, None
        if asked.peer:
            theirs, peer = measure_tree(browser, asked.peer.resolve(), asked, asked.roads), asked.peer.name
        elif asked.roads:
            theirs, peer = measure_tree(browser, ROOT, asked, 0.0), "without roads"
        ours = measure_tree(browser, ROOT, asked, asked.roads)
    figures = [
        Figure(name, _unit(name), round(value, 2), peer, round(theirs[name], 2) if name in theirs else None)
        for name, value in ours.items()
    ]
    print_report("map", figures)


def _unit(name: str) -> str:
    return next(unit for end, unit in UNITS.items() if name.endswith(end))


UNITS = {
    "ms_per_s": "ms/s",
    "frames_per_s": "frames/s",
    "kb_per_s": "kB/s",
    "_mb": "MB",
    "_ms": "ms",
}

if __name__ == "__main__":
    main()
