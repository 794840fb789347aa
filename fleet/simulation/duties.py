"""Chain runs into duties: by the feed's blocks where it has them, else greedily, and say who drives which line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fleet.simulation.plan import Course, Duty, Run, gap_m

LAYOVER_MS = 3 * 60_000
DEADHEAD_MPS = 5.0
REACH_M = 1_500.0


def chain_runs(
    paths: Sequence[Course], runs: Sequence[Run], *, prefix: str = "SIM", plates: Mapping[str, str] | None = None
) -> tuple[Duty, ...]:
    """Give every run a vehicle: the block's own, else the one that waits longest near its first stop.

    Runs of one line share vehicles; a vehicle takes its next run when it can
    reach the first stop and stand there for three minutes.

    Parameters
    ----------
    paths : sequence of Course
        The ways of the runs.
    runs : sequence of Run
        All runs of the period.
    prefix : str, default: "SIM"
        Begins the ids of vehicles without a plate, so that nobody takes them for real ones.
    plates : mapping of str to str, optional
        Block → the city's own vehicle that drives it.

    Returns
    -------
    tuple of Duty
        One entry a vehicle, by its id: its plate or ``SIM-<line>-<number>``, the same each day that runs the same
        timetable.
    """
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, run in enumerate(runs):
        kind, name = ("block", run.block_id) if run.block_id else ("line", run.line or run.route_id)
        groups[run.start_date, kind, name].append(index)
    work: dict[str, list[int]] = {}
    for (_, kind, name), members in sorted(groups.items()):
        members.sort(key=lambda index: (runs[index].start_ms, runs[index].trip_id))
        chains = chain_greedily(paths, runs, members, one_block=kind == "block")
        for number, chain in enumerate(chains, start=1):
            plate = (plates or {}).get(name) if kind == "block" and number == 1 else None
            _give(work, plate or f"{prefix}-{name}-{number:02d}", chain, runs)
    return tuple(Duty(vehicle_id, tuple(chain)) for vehicle_id, chain in sorted(work.items()))


def _give(work: dict[str, list[int]], vehicle_id: str, chain: list[int], runs: Sequence[Run]) -> None:
    """Give a day's chain to its vehicle, or to another one while that is still out on the day before."""
    before = work.setdefault(vehicle_id, [])
    if before and runs[before[-1]].end_ms + LAYOVER_MS > runs[chain[0]].start_ms:
        _give(work, vehicle_id + "N", chain, runs)
    else:
        before += chain


def chain_greedily(
    paths: Sequence[Course], runs: Sequence[Run], members: Sequence[int], *, one_block: bool = False
) -> list[list[int]]:
    """Chain runs in order of departure, each to the vehicle that waits longest and can reach it.

    Parameters
    ----------
    paths : sequence of Course
        The ways of the runs.
    runs : sequence of Run
        All runs.
    members : sequence of int
        Indices of the runs to chain, by departure.
    one_block : bool, default: False
        Within a block neither a layover nor a near first stop is asked for; only overlap starts a second vehicle.

    Returns
    -------
    list of list of int
        One list of run indices a vehicle.
    """
    chains: list[list[int]] = []
    for index in members:
        ready = [chain for chain in chains if _can_follow(paths, runs[chain[-1]], runs[index], one_block)]
        if ready:
            min(ready, key=lambda chain: runs[chain[-1]].end_ms).append(index)
        else:
            chains.append([index])
    return chains


def _can_follow(paths: Sequence[Course], before: Run, after: Run, one_block: bool) -> bool:
    if one_block:
        return before.end_ms <= after.start_ms
    spare_ms = after.start_ms - before.end_ms - LAYOVER_MS
    if spare_ms < 0:
        return False
    end, start = paths[before.path], paths[after.path]
    away_m = gap_m(float(end.lon[-1]), float(end.lat[-1]), float(start.lon[0]), float(start.lat[0]))
    return away_m <= REACH_M and away_m / DEADHEAD_MPS * 1000 <= spare_ms + LAYOVER_MS / 2


def roster_rows(runs: Sequence[Run], duties: Sequence[Duty]) -> list[tuple[str, str, str]]:
    """List which vehicle works which route on which day.

    Parameters
    ----------
    runs : sequence of Run
        All runs of the plan.
    duties : sequence of Duty
        Who drives them.

    Returns
    -------
    list of (vehicle_id, route_id, service_date)
        Sorted, each once.
    """
    return sorted({(d.vehicle_id, runs[r].route_id, runs[r].start_date) for d in duties for r in d.runs})
