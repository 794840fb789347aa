"""What the supervisor counts, for Prometheus."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import Counter, Gauge

from services.run.status import ServiceStatus

UP = Gauge("hanoi_service_up", "1 while a service runs, 0 while it is down or waits for its next start", ["service"])
READY = Gauge("hanoi_service_ready", "1 while a service runs and reaches what it needs", ["service"])
FAILING = Gauge("hanoi_service_failing", "1 while a service dies again and again", ["service"])
RESTARTS = Counter("hanoi_service_restarts", "Starts of a service after it died or hung", ["service"])
HANGS = Counter("hanoi_service_hangs", "Restarts because a service made no turn for too long", ["service"])
DISK_FREE = Gauge("hanoi_run_disk_free_bytes", "Free space where the city keeps what lives", ["folder"])
DISK_SIZE = Gauge("hanoi_run_disk_size_bytes", "Size of the disk where the city keeps what lives", ["folder"])

RUNNING = ("running", "starting")
_seen: dict[str, int] = {}


def show(statuses: Sequence[ServiceStatus]) -> None:
    """Set the figures of every service from what the supervisor knows; a service that lacks its part is left out."""
    by_name: dict[str, list[ServiceStatus]] = {}
    for status in statuses:
        if status.state not in ("idle", "ended"):
            by_name.setdefault(status.name, []).append(status)
    for name, workers in by_name.items():
        UP.labels(name).set(all(worker.state in RUNNING for worker in workers))
        READY.labels(name).set(all(worker.ready for worker in workers))
        HANGS.labels(name)  # a figure that begins at 0 can be seen to grow
        FAILING.labels(name).set(any(worker.state == "failing" for worker in workers))
        restarts = sum(worker.restarts for worker in workers)
        RESTARTS.labels(name).inc(max(0, restarts - _seen.get(name, 0)))
        _seen[name] = restarts


def show_disk(folder: Path) -> None:
    """Measure the disk the folder lies on."""
    usage = shutil.disk_usage(folder)
    DISK_FREE.labels(str(folder)).set(usage.free)
    DISK_SIZE.labels(str(folder)).set(usage.total)
