"""Orders of a dispatcher: let a bus stand longer at a stop, so that it does not catch up with the one ahead."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fleet.simulation.plan import Plan
from fleet.simulation.state import RUNNING, State
from fleet.simulation.tables import Tables

# An order that a driver has is not given again: who said it does so until it is obeyed.
AGAIN_MS = 900_000


@dataclass(frozen=True, slots=True)
class Hold:
    """Which bus shall stand so much longer at its next call at a stop, when it is told, and behind which bus."""

    said_ms: int
    vehicle_id: str
    stop_id: str
    hold_s: float
    leader_id: str = ""


def list_orders(holds: Iterable[Hold]) -> list[Hold]:
    """Return the holds that are ordered, by time: of several to one bus within a quarter of an hour the first."""
    orders: list[Hold] = []
    last: dict[str, int] = {}
    for hold in sorted(holds, key=lambda hold: (hold.said_ms, hold.vehicle_id)):
        if hold.said_ms - last.get(hold.vehicle_id, -AGAIN_MS) >= AGAIN_MS:
            last[hold.vehicle_id] = hold.said_ms
            orders.append(hold)
    return orders


class Dispatcher:
    """Gives orders when their time comes.

    Parameters
    ----------
    holds : iterable of Hold
        In any order; `list_orders` says which of them are given.
    """

    def __init__(self, holds: Iterable[Hold]) -> None:
        self._due = list_orders(holds)[::-1]

    def order(self, now_ms: int, rows: dict[str, int], plan: Plan, t: Tables, s: State) -> None:
        """Give the orders that are due; a driver who has passed the stop, or runs nothing, cannot obey.

        Parameters
        ----------
        now_ms : int
            The moment.
        rows : dict
            The row of each vehicle.
        plan : Plan
            Where runs call.
        t : Tables
            Which run a duty's row is.
        s : State
            Changed in place.
        """
        while self._due and self._due[-1].said_ms <= now_ms:
            hold = self._due.pop()
            row = rows.get(hold.vehicle_id)
            if row is not None and s.bus["phase"][row] == RUNNING:
                _tell(hold, row, plan, t, s)


def _tell(hold: Hold, row: int, plan: Plan, t: Tables, s: State) -> None:
    bus = s.bus[row]
    stops = plan.runs[int(t.duty["run"][bus["duty_at"]])].stop_ids
    ahead = np.flatnonzero(np.array(stops[int(bus["stop"]) : -1]) == hold.stop_id)
    if not len(ahead):
        return
    bus["hold_stop"], bus["hold_ms"] = bus["stop"] + ahead[0], round(hold.hold_s * 1000)
    if ahead[0] == 0 and bus["dwelling"]:
        bus["until_ms"] += bus["hold_ms"]
        bus["hold_ms"] = 0
