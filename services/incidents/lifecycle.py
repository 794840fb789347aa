"""The life of an incident: which action is allowed in which state, and who may take one back."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.incident import IncidentState
from schemas.text import Text

UNDO_MS = 10_000
UNDO = "undo"
MACHINE = "machine"

DETECTED, VERIFIED, RESPONDING = IncidentState.DETECTED, IncidentState.VERIFIED, IncidentState.RESPONDING
CLEARED, CLOSED, DISMISSED = IncidentState.CLEARED, IncidentState.CLOSED, IncidentState.DISMISSED

# state → action → next state; a state without moves is an end.
MOVES: dict[IncidentState, dict[str, IncidentState]] = {
    DETECTED: {"verify": VERIFIED, "dismiss": DISMISSED},
    VERIFIED: {"respond": RESPONDING, "clear": CLEARED, "dismiss": DISMISSED},
    RESPONDING: {"clear": CLEARED},
    CLEARED: {"close": CLOSED},
    CLOSED: {},
    DISMISSED: {},
}
# What the detector learns from.
JUDGING = ("verify", "dismiss")
ACTIONS = ("verify", "dismiss", "respond", "clear", "close", UNDO)

DISMISS_REASONS: dict[str, Text] = {
    "usual_queue": Text(vi="Ùn tắc thường ngày ở đây", en="The usual queue at this place"),
    "bus_stop_or_signal": Text(vi="Xe buýt đang đón khách hoặc chờ đèn", en="Buses at a stop or a red light"),
    "bad_positions": Text(vi="Vị trí GPS sai hoặc xe không theo tuyến", en="Wrong GPS positions or trips"),
    "already_known": Text(vi="Trùng với sự cố đã có", en="Already known as another incident"),
}


class LifecycleError(Exception):
    """An action that the incident's state does not allow; the text says which are."""


@dataclass(frozen=True)
class LogEntry:
    """One thing that happened to an incident; ``time_ms`` is wall time, as people act in it."""

    time_ms: int
    actor: str
    action: str
    note: str
    from_state: IncidentState
    to_state: IncidentState


def list_actions(state: IncidentState, log: Sequence[LogEntry], actor: str, now_ms: int) -> tuple[str, ...]:
    """Return what a person may do with an incident now.

    Parameters
    ----------
    state : IncidentState
        Where the incident stands.
    log : sequence of LogEntry
        Its history, oldest first.
    actor : str
        Who asks.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.

    Returns
    -------
    tuple of str
        Actions in the order of the desk's buttons; ``undo`` last where it is open.
    """
    undo = (UNDO,) if _undoable(log, actor, now_ms) else ()
    return (*MOVES[state], *undo)


def next_state(state: IncidentState, action: str, *, log: Sequence[LogEntry], actor: str, now_ms: int) -> IncidentState:
    """Return the state an action leads to.

    Parameters
    ----------
    state : IncidentState
        Where the incident stands.
    action : str
        One of `ACTIONS`.
    log : sequence of LogEntry
        Its history, oldest first.
    actor : str
        Who acts.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.

    Returns
    -------
    IncidentState
        The next state.

    Raises
    ------
    LifecycleError
        If the action is unknown or not allowed now.
    """
    if action == UNDO:
        if not _undoable(log, actor, now_ms):
            raise LifecycleError(f"only your own last action can be undone, within {UNDO_MS // 1000} s")
        return log[-1].from_state
    moves = MOVES[state]
    if action not in moves:
        allowed = ", ".join(moves) or "nothing: this is an end"
        raise LifecycleError(f"{action!r} is not possible while {state.value}; possible: {allowed}")
    return moves[action]


def _undoable(log: Sequence[LogEntry], actor: str, now_ms: int) -> bool:
    if not log:
        return False
    last = log[-1]
    mine = last.actor == actor and last.actor != MACHINE and last.action != UNDO and last.from_state != last.to_state
    return mine and 0 <= now_ms - last.time_ms <= UNDO_MS
