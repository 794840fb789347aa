"""At stops: who waits, whether the bus calls, how long it stands; bunching follows from waiting riders."""

import numpy as np

from fleet.kernels import compiled
from fleet.simulation.chance import DWELL, LEAVING, RIDERS, normal, poisson
from fleet.simulation.state import ARRIVED, CALLS, NOTHING, PASSED, PASSES, SKIPPED, UNKNOWN, Log, Rules, State
from fleet.simulation.tables import Tables

ROOM = 80
LONGEST_GAP_MS = 3_600_000
LONGEST_S = 150.0
HOLD_MS, EARLY_MS = 45_000, 45_000
LEAVE_SHARE = 1.6


@compiled
def note(log: Log, kind: int, b: int, s: State, now_ms: int, number: int) -> None:
    """Write down one event."""
    row = log.events[log.used[0]]
    row[0], row[1], row[2], row[3], row[4], row[5] = kind, b, s.bus[b].duty_at, s.bus[b].stop, now_ms, number
    log.used[0] += 1


@compiled
def next_stop(s: State, b: int) -> None:
    """Look to the next stop."""
    bus = s.bus[b]
    bus.stop += 1
    bus.calling = UNKNOWN


@compiled
def leave(t: Tables, s: State, b: int, now_ms: int) -> None:
    """Leave a stop: riders who come from now on wait for the next bus of the line."""
    bus = s.bus[b]
    s.group[t.stop[t.way[bus.way].stop_first + bus.stop].group].left_ms = now_ms
    next_stop(s, b)


@compiled
def skip_closed(t: Tables, s: State, b: int, now_ms: int, log: Log) -> None:
    """Pass over stops that a detour leaves out."""
    bus = s.bus[b]
    last = t.way[bus.way + 1].stop_first - t.way[bus.way].stop_first - 1
    while bus.stop < last and t.stop[t.way[bus.way].stop_first + bus.stop].skipped == 1:
        note(log, SKIPPED, b, s, now_ms, NOTHING)
        next_stop(s, b)


@compiled
def _waiting(t: Tables, s: State, rules: Rules, b: int, now_ms: int) -> float:
    """Return how many riders are expected at the next stop: those who came since the line's last bus left."""
    bus = s.bus[b]
    group = t.stop[t.way[bus.way].stop_first + bus.stop].group
    gap_ms = t.run[t.duty[bus.duty_at].run].headway_ms
    if s.group[group].left_ms > 0:
        gap_ms = min(max(now_ms - s.group[group].left_ms, 0), LONGEST_GAP_MS)
    return float(t.group[group].riders_h * rules.riders_share * gap_ms / 3_600_000.0)


@compiled
def _leaving(t: Tables, s: State, b: int) -> float:
    """Return how many riders are expected to get off at the next stop."""
    bus = s.bus[b]
    ahead = t.run[t.duty[bus.duty_at].run].stops - bus.stop
    if ahead <= 1:
        return float(bus.riders)
    return float(min(bus.riders * LEAVE_SHARE / ahead, float(bus.riders)))


@compiled
def _count(mean: float, rules: Rules, stream: int, thing: int, moment: int) -> float:
    if rules.random_riders == 0:
        return mean
    return float(poisson(mean, rules.seed, stream, thing, moment))


@compiled
def decide_call(t: Tables, s: State, rules: Rules, b: int, now_ms: int) -> None:
    """Decide shortly before a stop whether anybody wants it; ends of a run are always called at."""
    bus = s.bus[b]
    run = t.duty[bus.duty_at].run
    wanted = bus.stop >= t.run[run].stops - 1 or (bus.hold_ms > 0 and bus.stop == bus.hold_stop)
    if not wanted:
        on = _count(_waiting(t, s, rules, b, now_ms), rules, RIDERS, t.run[run].key, bus.stop)
        off = _count(_leaving(t, s, b), rules, LEAVING, t.run[run].key, bus.stop)
        wanted = on + off > 0.0
    bus.calling = CALLS if wanted else PASSES


@compiled
def arrive(t: Tables, s: State, rules: Rules, b: int, now_ms: int, log: Log) -> None:
    """Pass or reach the next stop if the bus is there."""
    bus = s.bus[b]
    row = t.way[bus.way].stop_first + bus.stop
    if bus.calling == PASSES:
        if bus.along_m >= t.stop[row].m:
            note(log, PASSED, b, s, now_ms, bus.riders)
            leave(t, s, b, now_ms)
            skip_closed(t, s, b, now_ms, log)
        return
    if bus.along_m < t.stop[row].m - 0.5:
        return
    run = t.duty[bus.duty_at].run
    note(log, ARRIVED, b, s, now_ms, bus.riders)
    on = min(
        _count(_waiting(t, s, rules, b, now_ms), rules, RIDERS, t.run[run].key, bus.stop),
        float(ROOM - bus.riders),
    )
    off = min(_count(_leaving(t, s, b), rules, LEAVING, t.run[run].key, bus.stop), float(bus.riders))
    if bus.stop >= t.run[run].stops - 1:
        on, off = 0.0, float(bus.riders)
    stand_s = rules.door_s + max(on * rules.board_s, off * rules.alight_s) * rules.dwell_share
    stand_s *= np.exp(rules.dwell_sd * normal(rules.seed, DWELL, t.run[run].key, bus.stop))
    due_ms = t.time[t.run[run].time + bus.stop].departure_ms
    hold_ms = min(max(due_ms - now_ms - EARLY_MS, 0), HOLD_MS)
    bus.riders += int(on) - int(off)
    bus.dwelling = 1
    bus.speed_mps = 0.0
    bus.until_ms = now_ms + max(int(min(stand_s, LONGEST_S) * 1000.0), hold_ms)
    if bus.hold_ms > 0 and bus.stop == bus.hold_stop:
        bus.until_ms += bus.hold_ms
        bus.hold_ms = 0
