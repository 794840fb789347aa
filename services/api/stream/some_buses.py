"""Some buses as events: those of one line, or a few by their id, for pages that need no more."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.api.live import LiveState
from services.api.state import ApiState
from services.api.stream.packed import Event, event
from services.api.vehicles.responses import VehiclesOut, is_shown, vehicle_out


class Wanted(NamedTuple):
    """Which buses a page wants: those of a line, or those with these ids."""

    route_id: str | None
    vehicle_ids: frozenset[str]


class SomeBuses:
    """Tells those who want some buses what changed; equal wishes share one encoding.

    Parameters
    ----------
    state : ApiState
        Whose timetable and clock are used.
    """

    def __init__(self, state: ApiState) -> None:
        self._state = state
        self._route_of: dict[str, str | None] = {}

    def take(self, live: LiveState, changed: Iterable[str], wishes: Iterable[Wanted]) -> Mapping[Wanted, Event]:
        """Return an event for each wish that the changed buses concern; one that left a line is told once more."""
        routes: dict[str, tuple[str | None, str | None]] = {}
        for bus in changed:
            if bus in live.vehicles:
                now = live.vehicles[bus].position.assignment.route_id
                routes[bus] = (self._route_of.get(bus), now)
                self._route_of[bus] = now
        events = {}
        for wish in wishes:
            about = [bus for bus, ways in routes.items() if _fits(wish, bus, ways)]
            if about:
                events[wish] = self._event(live, about)
        return events

    def whole(self, live: LiveState, wish: Wanted) -> Event:
        """Return all the buses of a wish."""
        about = [
            bus for bus, now in live.vehicles.items() if _fits(wish, bus, (None, now.position.assignment.route_id))
        ]
        return self._event(live, about)

    def keep_only(self, live: LiveState) -> None:
        """Forget the lines of buses that are forgotten."""
        for bus in self._route_of.keys() - live.vehicles.keys():
            del self._route_of[bus]

    def _event(self, live: LiveState, buses: Iterable[str]) -> Event:
        now_ms, timetable = self._state.now_ms, self._state.timetable
        shown = [vehicle_out(live.vehicles[b], timetable) for b in buses if is_shown(live.vehicles[b], now_ms)]
        return event("buses", VehiclesOut(now_ms=now_ms, vehicles=shown))


def _fits(wish: Wanted, bus: str, routes: tuple[str | None, str | None]) -> bool:
    return bus in wish.vehicle_ids or (wish.route_id is not None and wish.route_id in routes)
