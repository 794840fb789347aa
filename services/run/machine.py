"""What there is to run on, and what there is to do."""

import os
from pathlib import Path

import psutil

from services.city.folder import CityFolder
from services.run.placement import Load, Machine

MIB = 1024 * 1024
CGROUP = Path("/sys/fs/cgroup")


def measure_machine() -> Machine:
    """Return the cores and the memory this process may use, whatever the whole machine has."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_quota()
    memory = min(psutil.virtual_memory().total, _cgroup_memory() or 1 << 62)
    return Machine(cores=max(1, min(cores, quota or cores)), memory_mib=memory // MIB)


def _cgroup_quota() -> int | None:
    try:
        quota, period = (CGROUP / "cpu.max").read_text().split()
        return max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):
        return None


def _cgroup_memory() -> int | None:
    try:
        return int((CGROUP / "memory.max").read_text())
    except (OSError, ValueError):
        return None


def measure_load(city: CityFolder) -> Load:
    """Return how many vehicles and cameras a city has, as far as its folder tells."""
    vehicles = max((part.count.get("vehicles", 0) for part in city.city.parts), default=0)
    return Load(vehicles=vehicles, cameras=len(city.watching_cameras))
