"""The table of `hanoi status`."""

from collections.abc import Sequence
from pathlib import Path

import psutil

from services.run.status import RunStatus, ServiceStatus, read_lag

CPU_OVER_S = 0.3
MIB = 1024 * 1024
HEAD = ("service", "state", "pid", "up", "restarts", "memory", "cpu", "lag")


def report_lines(status: RunStatus, folder: Path, now_ms: int) -> list[str]:
    """Write the state of every service as a table.

    Parameters
    ----------
    status : RunStatus
        What the supervisor wrote.
    folder : Path
        ``var/run``, where services write their lag.
    now_ms : int
        Wall time.

    Returns
    -------
    list of str
        Lines for the console.
    """
    processes = {service.name: _find_process(service.pid) for service in status.services}
    supervisor = _find_process(status.pid)
    for process in (*processes.values(), supervisor):
        _cpu_percent(process)
    psutil.cpu_percent(CPU_OVER_S)
    rows = [HEAD, *(_row(service, processes[service.name], folder, now_ms) for service in status.services)]
    rows.append(
        ("(run)", "running", str(status.pid), _age(now_ms - status.started_ms), "", _memory(supervisor),
         _cpu_percent(supervisor), "")
    )  # fmt: skip
    total_mib = sum(_memory_mib(process) for process in (*processes.values(), supervisor))
    listening = ", ".join(f"{name} {url}" for name, url in status.urls.items())
    return [f"city {status.city}: {listening}", *_table(rows), f"memory of all {total_mib:.0f} MiB"]


def _row(service: ServiceStatus, process: psutil.Process | None, folder: Path, now_ms: int) -> Sequence[str]:
    lag = sum(records for topics in read_lag(folder, service.name).values() for records in topics.values())
    known = bool(read_lag(folder, service.name))
    if process is None:
        return (service.name, _why_absent(service),
                "", "", str(service.restarts), "", "", "")  # fmt: skip
    age = _age(now_ms - service.up_since_ms) if service.up_since_ms else ""
    return (service.name, service.state, str(service.pid), age, str(service.restarts), _memory(process),
            _cpu_percent(process), str(lag) if known else "-")  # fmt: skip


def _why_absent(service: ServiceStatus) -> str:
    state = "died" if service.state == "running" else service.state
    return f"{state}: {service.last_exit}" if service.last_exit else state


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows if _is_short(row)) for column in range(len(HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if _is_short(row)
        else f"{row[0].ljust(widths[0])}  {row[1]}"
        for row in rows
    ]


def _is_short(row: Sequence[str]) -> bool:
    return bool(row[2])


def _find_process(pid: int | None) -> psutil.Process | None:
    try:
        return psutil.Process(pid) if pid is not None else None
    except psutil.Error:
        return None


def _memory_mib(process: psutil.Process | None) -> float:
    try:
        return 0.0 if process is None else process.memory_info().rss / MIB
    except psutil.Error:
        return 0.0


def _memory(process: psutil.Process | None) -> str:
    return f"{_memory_mib(process):.0f} MiB"


def _cpu_percent(process: psutil.Process | None) -> str:
    try:
        return "" if process is None else f"{process.cpu_percent():.0f} %"
    except psutil.Error:
        return ""


def _age(milliseconds: int) -> str:
    seconds = max(0, milliseconds // 1000)
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h"
