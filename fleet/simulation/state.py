"""What changes from second to second: where each bus is and what it is about to do."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.simulation.plan import Ints

# A structured array: one argument of the compiled kernel instead of seventeen.
Records = NDArray[Any]

OFF, LAYOVER, RUNNING, DEADHEAD, BROKEN = 0, 1, 2, 3, 4
# Whole numbers of NumPy: numba compiles a function anew for each Python constant that it is called with.
KINDS: tuple[Any, ...] = tuple(np.int64(kind) for kind in range(11))
ARRIVED, LEFT, PASSED, SKIPPED, TURNED, BROKE, MENDED, TOWED, DROPPED, BEGAN, ENDED = KINDS
NOTHING: Any = np.int64(0)
NO_LEG: Any = np.int64(-1)
UNKNOWN, CALLS, PASSES = 0, 1, 2


BUS = np.dtype(
    [
        ("phase", "i8"),
        ("duty_at", "i8"),  # duty rows still to do: from here
        ("duty_end", "i8"),  # to here
        ("way", "i8"),
        ("along_m", "f8"),
        ("speed_mps", "f8"),
        ("stop", "i8"),  # the next one, counted from 0 along the way
        ("piece", "i8"),  # row of the tables
        ("light", "i8"),  # row of the tables
        ("until_ms", "i8"),  # end of the present waiting
        ("go_ms", "i8"),  # when the light ahead lets the bus pass; 0: not asked yet
        ("back_m", "f8"),  # how far before the line it stands in the queue
        ("dwelling", "i8"),
        ("calling", "i8"),
        ("riders", "i8"),
        ("break_m", "f8"),  # where it will fail
        ("towed", "i8"),
        ("hold_stop", "i8"),  # where the dispatcher lets it stand
        ("hold_ms", "i8"),  # so much longer; 0: nowhere
    ]
)
WAITING = np.dtype([("left_ms", "i8")])  # when the line's last bus left a stop; 0: not yet


class State(NamedTuple):
    """What changes: one record a bus (`BUS`), one a stop of a line (`WAITING`)."""

    bus: Records
    group: Records


class Log(NamedTuple):
    """What happened in one second: kind, bus, duty row, stop, time, number; and how many rows are written."""

    events: Ints
    used: Ints


class Rules(NamedTuple):
    """Numbers the kernel goes by in one second, the same for all buses."""

    seed: int
    bus_share: float
    riders_share: float
    door_s: float
    board_s: float
    alight_s: float
    dwell_share: float
    dwell_sd: float
    random_riders: int
    failures_a_run: float
    short_turns: int
    late_start_s: float
    early_starts: float
    hurry: float


def empty_state(buses: int, groups: int) -> State:
    """Return the state of buses that are not at work yet.

    Parameters
    ----------
    buses : int
        How many.
    groups : int
        Stops of lines.

    Returns
    -------
    State
        All off.
    """
    state = State(np.zeros(buses, dtype=BUS), np.zeros(groups, dtype=WAITING))
    state.bus["break_m"] = np.inf
    return state
