"""Where everybody is at first: as the timetable has it, so that a simulation that begins at noon begins at noon."""

import numpy as np

from fleet.simulation.kernel import set_out, stand_at_start
from fleet.simulation.state import RUNNING, State
from fleet.simulation.tables import Tables

RIDERS_AT_FIRST = 12


def put_to_work(t: Tables, s: State, buses: int, now_ms: int) -> None:
    """Put every bus where the timetable has it at a moment.

    Parameters
    ----------
    t : Tables
        The plan.
    s : State
        Changed in place.
    buses : int
        How many rows have a duty; those behind are reserves and stay off.
    now_ms : int
        The moment.
    """
    bus = s.bus
    bus["duty_at"], bus["duty_end"] = t.bus["duty_first"], t.bus["duty_last"]
    bus["duty_at"][buses:], bus["duty_end"][buses:] = 0, -1
    last_row = t.run["time"] + t.run["stops"] - 1
    for b in range(buses):
        begin = int(t.bus["duty_first"][b])
        rows = t.duty["run"][begin : int(t.bus["duty_last"][b]) + 1]
        ends = np.maximum.accumulate(t.time["arrival_ms"][last_row[rows]])
        done = int(np.searchsorted(ends, now_ms, side="right"))
        bus["duty_at"][b] = begin + done
        if done == len(rows):
            continue
        run = int(rows[done])
        if now_ms >= t.time["departure_ms"][t.run["time"][run]]:
            _begin_inside(t, s, b, run, now_ms)
        elif done:
            stand_at_start(t, s, b, now_ms)


def _begin_inside(t: Tables, s: State, b: int, run: int, now_ms: int) -> None:
    first, last = t.run["time"][run], t.run["time"][run] + t.run["stops"][run]
    way = int(t.run["way"][run])
    stop_m = t.stop["m"][t.way["stop_first"][way] : t.way["stop_first"][way + 1]]
    pairs = np.column_stack([t.time["arrival_ms"][first:last], t.time["departure_ms"][first:last]]).ravel()
    times = np.maximum.accumulate(pairs[1:])
    set_out(t, s, b, way, RUNNING)
    along_m = np.interp(now_ms, times, np.repeat(stop_m, 2)[1:])
    s.bus["along_m"][b] = along_m
    s.bus["stop"][b] = min(max(int(np.searchsorted(stop_m, along_m + 1.0)), 1), len(stop_m) - 1)
    s.bus["speed_mps"][b] = 4.0
    s.bus["riders"][b] = RIDERS_AT_FIRST
