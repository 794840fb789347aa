"""All buses as events: a whole frame for who comes, and what changed for who stays, each encoded once."""

from collections.abc import Sequence

import msgspec

from services.api.live import LiveState, VehicleNow
from services.api.state import ApiState
from services.api.stream.packed import Event, named
from services.api.vehicles.frames import Board, Frame, Row, row_of
from services.api.vehicles.responses import is_shown


class Fleet:
    """The board of buses of one api process, and its events.

    Parameters
    ----------
    state : ApiState
        Whose timetable and clock are used.
    """

    def __init__(self, state: ApiState) -> None:
        self._state = state
        table = state.timetable.table
        names = [] if table is None else zip(table.route_ids, table.route_short_names, strict=True)
        self._lines = {} if table is None else table.route_number
        self._board = Board({"routes": [list(pair) for pair in names], "shapes": state.shapes.version})
        self._shown: set[str] = set()
        self._kept: tuple[int, Event] | None = None

    def take(self, live: LiveState, vehicle_ids: Sequence[str]) -> Event | None:
        """Return what changed of some buses, ``None`` if nothing did."""
        now_ms = self._state.now_ms
        buses = {bus: live.vehicles[bus] for bus in vehicle_ids if bus in live.vehicles}
        rows = {bus: self._row(now) for bus, now in buses.items() if is_shown(now, now_ms)}
        self._shown |= rows.keys()
        return _event(self._board.change(rows, now_ms)) if rows else None

    def let_go(self, live: LiveState) -> Event | None:
        """Return which buses are not shown any more, ``None`` if all are."""
        now_ms = self._state.now_ms
        gone = [b for b in self._shown if b not in live.vehicles or not is_shown(live.vehicles[b], now_ms)]
        self._shown.difference_update(gone)
        return _event(self._board.change({}, now_ms, gone)) if gone else None

    def whole(self) -> Event:
        """Return everything; those who come between two changes share one encoding."""
        kept = self._kept
        if kept is None or kept[0] != self._board.seq:
            frame = self._board.whole(self._state.now_ms)
            kept = self._kept = (frame["seq"], _encode(frame))
        return kept[1]

    def clear(self) -> None:
        """Forget all buses."""
        self._shown.clear()
        self._board.clear()

    def _row(self, now: VehicleNow) -> Row:
        a = now.position.assignment
        return row_of(
            now.position,
            line=None if a.route_id is None else self._lines.get(a.route_id),
            shape=self._state.shapes.find_number(a.trip_id),
            source=self._board.source_number(now.position.source),
        )


def _event(frame: Frame | None) -> Event | None:
    return None if frame is None else _encode(frame)


def _encode(frame: Frame) -> Event:
    return named("vehicles", msgspec.json.encode(frame))
