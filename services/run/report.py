"""The table of `hanoi status`: one row a service, what its process uses, what it last complained of."""

from collections.abc import Sequence

import msgspec
import psutil

from services.run.status import RunStatus, ServiceStatus

CPU_OVER_S = 0.3
MIB = 1024 * 1024
SAME = '"'
OLD_ERROR_S = 3600
STATE_COLOURS = {"running": "32", "starting": "36", "idle": "2", "ended": "2", "waiting": "33", "failing": "31;1"}


class Usage(msgspec.Struct, frozen=True):
    """What one process uses; ``cpu_percent`` of one core."""

    memory_mib: float
    cpu_percent: float


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One service with all its workers."""

    service: str
    state: str
    process: str
    pids: list[int]
    workers: int
    up_s: int | None
    restarts: int
    ready: bool
    reason: str | None
    cpu_percent: float | None
    memory_mib: float | None
    lag: int | None
    dead_letters: int | None
    last_error: str | None
    last_error_s: int | None


def measure(pids: Sequence[int]) -> dict[int, Usage]:
    """Measure processes over a moment; those that are gone are left out."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            found[pid] = psutil.Process(pid)
            found[pid].cpu_percent()
        except psutil.Error:
            found.pop(pid, None)
    psutil.cpu_percent(CPU_OVER_S)
    usage: dict[int, Usage] = {}
    for pid, process in found.items():
        try:
            usage[pid] = Usage(process.memory_info().rss / MIB, process.cpu_percent())
        except psutil.Error:
            continue
    return usage


def list_rows(status: RunStatus, usage: dict[int, Usage], now_ms: int) -> list[Row]:
    """Make one row of all workers of each service.

    Parameters
    ----------
    status : RunStatus
        What the supervisor wrote.
    usage : dict of int to Usage
        Process id → what it uses.
    now_ms : int
        Wall time.

    Returns
    -------
    list of Row
        In the supervisor's order; last the supervisor itself.
    """
    workers: dict[str, list[ServiceStatus]] = {}
    for service in status.services:
        workers.setdefault(service.name, []).append(service)
    rows = [_row(name, members, usage, now_ms) for name, members in workers.items()]
    mine = usage.get(status.pid)
    return [
        *rows,
        Row(
            service="(run)",
            state="running",
            process="run",
            pids=[status.pid],
            workers=1,
            up_s=max(0, now_ms - status.started_ms) // 1000,
            restarts=0,
            ready=True,
            reason=None,
            cpu_percent=mine.cpu_percent if mine else None,
            memory_mib=mine.memory_mib if mine else None,
            lag=None,
            dead_letters=None,
            last_error=None,
            last_error_s=None,
        ),
    ]


def _row(name: str, members: Sequence[ServiceStatus], usage: dict[int, Usage], now_ms: int) -> Row:
    pids = [member.pid for member in members if member.pid is not None]
    used = [usage[pid] for pid in pids if pid in usage]
    gone = [pid for pid in pids if pid not in usage]
    worst = next((member for member in members if member.state not in ("running", "idle")), members[0])
    last = max(members, key=lambda member: member.last_error_ms or 0)
    since = [member.up_since_ms for member in members if member.up_since_ms is not None]
    return Row(
        service=name,
        state="died" if gone and worst.state == "running" else worst.state,
        process=members[0].process,
        pids=pids,
        workers=len(pids),
        up_s=max(0, now_ms - max(since)) // 1000 if since else None,
        restarts=sum(member.restarts for member in members),
        ready=all(member.ready for member in members),
        reason=next((member.reason for member in members if member.reason), None),
        cpu_percent=sum(one.cpu_percent for one in used) if used else None,
        memory_mib=sum(one.memory_mib for one in used) if used else None,
        lag=_total([member.lag for member in members]),
        dead_letters=_total([member.dead_letters for member in members]),
        last_error=last.last_error,
        last_error_s=None if last.last_error_ms is None else max(0, now_ms - last.last_error_ms) // 1000,
    )


def _total(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


HEAD = ("service", "state", "process", "workers", "up", "restarts", "cpu", "memory", "lag", "dead")


def table_lines(rows: Sequence[Row], *, colour: bool = False, width: int = 0) -> list[str]:
    """Write rows as a table; what a process uses stands with the first of its services.

    Parameters
    ----------
    rows : sequence of Row
        What to write.
    colour : bool
        Whether the console shows colours; states are words either way.
    width : int
        Columns of the console; 0 cuts nothing.

    Returns
    -------
    list of str
        Lines.
    """
    seen: set[tuple[int, ...]] = set()
    cells: list[tuple[str, ...]] = [HEAD]
    for one in rows:
        key = tuple(one.pids)
        cells.append(_cells(one, same=bool(key) and key in seen))
        seen.add(key)
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = []
    for line, row in zip(cells, (None, *rows), strict=True):
        parts = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        if colour and row is not None:
            parts[1] = f"\x1b[{STATE_COLOURS.get(row.state, '31')}m{parts[1]}\x1b[0m"
        text = "  ".join(parts)
        note = "last error" if row is None else _note(row)
        lines.append(f"{text}  {_cut(note, width - sum(widths) - 2 * len(widths))}".rstrip())
    return lines


def _cells(row: Row, *, same: bool) -> tuple[str, ...]:
    used = (SAME, SAME) if same else (_with(row.cpu_percent, " %"), _with(row.memory_mib, " MiB"))
    process = f"{row.process} {row.pids[0]}" if row.pids else "-"
    process += f" +{len(row.pids) - 1}" if len(row.pids) > 1 else ""
    return (
        row.service, row.state, process, str(row.workers), "-" if row.up_s is None else age(row.up_s),
        str(row.restarts), *used, _with(row.lag), _with(row.dead_letters),
    )  # fmt: skip


def _note(row: Row) -> str:
    if row.reason and not (row.state == "ended" or row.ready):
        return row.reason
    if row.last_error is None or row.last_error_s is None or row.last_error_s > OLD_ERROR_S:
        return ""
    return f"{age(row.last_error_s)} ago: {row.last_error}"


def _cut(text: str, room: int) -> str:
    return text if room < 20 or len(text) <= room else text[: room - 1] + "…"


def _with(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{value:,.0f}{unit}"


def age(seconds: int) -> str:
    """Write a span of time for people."""
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} d"
