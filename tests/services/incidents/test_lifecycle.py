import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.incident import IncidentState
from services.incidents.lifecycle import ACTIONS, MOVES, LifecycleError, LogEntry, list_actions, next_state

NOW = 1_760_000_000_000


def did(actor: str, action: str, start: IncidentState, end: IncidentState, time_ms: int = NOW) -> LogEntry:
    return LogEntry(time_ms=time_ms, actor=actor, action=action, note="", from_state=start, to_state=end)


def test_a_candidate_is_verified_responded_to_cleared_and_closed() -> None:
    state = IncidentState.DETECTED
    for action in ("verify", "respond", "clear", "close"):
        state = next_state(state, action, log=[], actor="lan", now_ms=NOW)
    assert state is IncidentState.CLOSED


@given(st.sampled_from(list(IncidentState)), st.sampled_from(ACTIONS))
def test_only_listed_moves_are_possible_and_each_listed_one_is(state: IncidentState, action: str) -> None:
    if action in list_actions(state, [], "lan", NOW):
        assert next_state(state, action, log=[], actor="lan", now_ms=NOW) is MOVES[state][action]
    else:
        with pytest.raises(LifecycleError):
            next_state(state, action, log=[], actor="lan", now_ms=NOW)


@given(st.lists(st.sampled_from(ACTIONS[:-1]), max_size=8))
def test_no_way_leads_back_to_detected(actions: list[str]) -> None:
    state = IncidentState.DETECTED
    for action in actions:
        if action in MOVES[state]:
            state = next_state(state, action, log=[], actor="lan", now_ms=NOW)
            assert state is not IncidentState.DETECTED


def test_your_own_last_action_can_be_undone_for_ten_seconds() -> None:
    log = [did("lan", "dismiss", IncidentState.DETECTED, IncidentState.DISMISSED)]
    state = IncidentState.DISMISSED
    assert next_state(state, "undo", log=log, actor="lan", now_ms=NOW + 10_000) is IncidentState.DETECTED
    assert "undo" not in list_actions(state, log, "lan", NOW + 10_001)
    assert "undo" not in list_actions(state, log, "minh", NOW)


def test_an_undo_cannot_be_undone_nor_what_the_machine_did() -> None:
    undone = did("lan", "undo", IncidentState.VERIFIED, IncidentState.DETECTED)
    detected = did("machine", "detect", IncidentState.DETECTED, IncidentState.DETECTED)
    assert "undo" not in list_actions(IncidentState.DETECTED, [undone], "lan", NOW)
    assert "undo" not in list_actions(IncidentState.DETECTED, [detected], "machine", NOW)
