"""What the processes of a running city use: processor seconds and memory, by service."""

from collections.abc import Mapping
from dataclasses import dataclass

import psutil

CHILD = "services.run.child"


@dataclass(frozen=True)
class Usage:
    """Processor seconds spent so far and memory held, one process."""

    cpu_s: float
    mib: float


def read_usage(supervisor_pid: int) -> dict[str, Usage]:
    """Return what the supervisor and each of its services use.

    Parameters
    ----------
    supervisor_pid : int
        Process id of `hanoi run`.

    Returns
    -------
    dict of str to Usage
        By the names of the services of a process, workers of one service together; memory is the proportional share
        (PSS).
    """
    found: dict[str, Usage] = {}
    supervisor = psutil.Process(supervisor_pid)
    for process in (supervisor, *supervisor.children(recursive=True)):
        try:
            name = "run" if process.pid == supervisor_pid else _service_of(process.cmdline())
            times, memory = process.cpu_times(), process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        before = found.get(name, Usage(0.0, 0.0))
        found[name] = Usage(
            before.cpu_s + times.user + times.system, before.mib + getattr(memory, "pss", memory.rss) / 2**20
        )
    return found


def _service_of(command: list[str]) -> str:
    if CHILD not in command:
        return "other"
    return "+".join(command[command.index(CHILD) + 1 :])


def busy_share(before: Mapping[str, Usage], after: Mapping[str, Usage], seconds: float) -> dict[str, float]:
    """Return the share of one core that each service was busy between two readings, rounded to a hundredth."""
    return {
        name: round((usage.cpu_s - before[name].cpu_s) / seconds, 2) for name, usage in after.items() if name in before
    }
