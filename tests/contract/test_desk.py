"""The desks' tables on both columns: SQLite, and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import sqlalchemy as sa

from schemas.camera import CameraState
from schemas.camera_watch import CameraSight
from schemas.incident import Incident, IncidentState
from schemas.text import Text
from services.auth import setup_code
from services.auth.errors import AuthError
from services.auth.setup import is_setup_needed, make_account, make_first_admin
from services.cases.desk import decide_case, undo_case
from services.cases.lifecycle import CaseError, CaseStatus, Verdict
from services.incidents.desk import act_on_incident
from services.incidents.lifecycle import LifecycleError
from services.store.audit import append_audit, is_intact, list_audit
from services.store.cameras import record_camera_health
from services.store.case_faults import flag_cases, found_later
from services.store.cases import case_id_of, count_cases, find_case, find_decision, list_case_log, list_cases, open_case
from services.store.engine import Store
from services.store.incidents import find_incident, list_incident_logs, list_incidents, record_detected
from services.store.outbox import delete_outbox, list_outbox
from tests.services.desk_builders import NOW_MS, candidate, incident


def test_the_same_incident_twice_changes_nothing(store: Store) -> None:
    with store.transaction() as session:
        assert record_detected(session, incident())
    with store.transaction() as session:
        assert not record_detected(session, incident())
    with store.reading() as session:
        assert list_incidents(session) == [incident()]
        assert len(list_incident_logs(session, ["i-1"])["i-1"]) == 1


def test_an_older_message_about_an_incident_changes_nothing(store: Store) -> None:
    newer = incident(updated_ms=NOW_MS + 5000, probability=0.95)
    with store.transaction() as session:
        record_detected(session, newer)
        assert not record_detected(session, incident())
        assert find_incident(session, "i-1") == newer


def test_the_machine_never_takes_back_what_a_person_did(store: Store) -> None:
    with store.transaction() as session:
        record_detected(session, incident())
    act_on_incident(store, "i-1", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS)
    with store.transaction() as session:
        assert record_detected(session, incident(updated_ms=NOW_MS + 60_000, probability=0.97))
        found = find_incident(session, "i-1")
    assert found is not None
    assert (found.state, found.probability) == (IncidentState.VERIFIED, 0.97)


def test_an_action_writes_state_log_audit_and_message_together(store: Store) -> None:
    with store.transaction() as session:
        record_detected(session, incident())
    done = act_on_incident(store, "i-1", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS, note="seen on C-118")
    assert done is not None
    with store.reading() as session:
        waiting = list_outbox(session)
        assert [entry.action for entry in list_incident_logs(session, ["i-1"])["i-1"]] == ["detect", "verify"]
        assert [entry.action for entry in list_audit(session, 10)] == ["incident.verify"]
    message = msgspec.json.decode(waiting[0].value, type=Incident)
    assert (waiting[0].topic, waiting[0].key, message) == ("incidents", "i-1", done[0])


def test_what_the_desk_published_changes_nothing_when_it_comes_back(store: Store) -> None:
    with store.transaction() as session:
        record_detected(session, incident())
    done = act_on_incident(store, "i-1", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS)
    assert done is not None
    with store.transaction() as session:
        assert not record_detected(session, done[0])


def test_a_refused_action_leaves_no_trace(store: Store) -> None:
    with store.transaction() as session:
        record_detected(session, incident())
    with pytest.raises(LifecycleError):
        act_on_incident(store, "i-1", "close", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS)
    with pytest.raises(LifecycleError, match="reason"):
        act_on_incident(store, "i-1", "dismiss", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS, reason="boring")
    with store.reading() as session:
        assert list_outbox(session) == []
        assert list_audit(session, 10) == []


def test_a_candidate_that_nobody_judged_is_over_when_the_machine_says_so(store: Store) -> None:
    over = incident(updated_ms=NOW_MS + 60_000, state=IncidentState.CLOSED, probability=0.06)
    with store.transaction() as session:
        record_detected(session, incident())
        assert record_detected(session, over)
        assert not record_detected(session, incident(updated_ms=NOW_MS + 90_000)), "and stays so"
        assert list_incidents(session) == []
        assert find_incident(session, "i-1") == over
        told = [(entry.actor, entry.action) for entry in list_incident_logs(session, ["i-1"])["i-1"]]
    assert told == [("machine", "detect"), ("machine", "close")]


def test_what_a_person_has_verified_is_not_closed_by_the_machine(store: Store) -> None:
    with store.transaction() as session:
        record_detected(session, incident())
    act_on_incident(store, "i-1", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS)
    with store.transaction() as session:
        record_detected(session, incident(updated_ms=NOW_MS + 60_000, state=IncidentState.CLOSED))
        found = find_incident(session, "i-1")
    assert found is not None
    assert found.state is IncidentState.VERIFIED


def test_an_action_on_an_unknown_incident_finds_nothing(store: Store) -> None:
    assert act_on_incident(store, "none", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS) is None


def test_a_dismissal_can_be_undone_by_its_person(store: Store) -> None:
    with store.transaction() as session:
        record_detected(session, incident())
    act_on_incident(store, "i-1", "dismiss", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS, reason="bus_stop_or_signal")
    undone = act_on_incident(store, "i-1", "undo", actor="lan", wall_ms=NOW_MS + 5000, city_ms=NOW_MS + 5000)
    assert undone is not None
    assert undone[0].state is IncidentState.DETECTED


def test_the_same_candidate_twice_opens_one_case(store: Store) -> None:
    with store.transaction() as session:
        assert open_case(session, candidate(), NOW_MS)
        assert not open_case(session, candidate(), NOW_MS + 1)
        assert [case.candidate for case in list_cases(session, "open")] == [candidate()]
        assert count_cases(session, "open") == {"red_light": 1}


def test_an_act_that_two_cameras_saw_is_one_case_whose_log_says_so_once(store: Store) -> None:
    second = msgspec.structs.replace(candidate("C-059:red_light:3:1"), camera_id="C-059")
    with store.transaction() as session:
        assert open_case(session, candidate(), NOW_MS)
        assert not open_case(session, second, NOW_MS)
        assert not open_case(session, second, NOW_MS)
        log = list_case_log(session, case_id_of(candidate().candidate_id))
        assert [(entry.action, entry.note) for entry in log][1:] == [("also_seen", second.candidate_id)]
        assert find_case(session, case_id_of(second.candidate_id)) is None


def health(state: CameraState, since_ms: int, told_ms: int) -> CameraSight:
    return CameraSight(
        camera_id="C-058", time_ms=told_ms, state=state, since_ms=since_ms, frames=9, skipped=0, live=0.3,
        text=Text(vi="Sai giờ", en="Clock off"),
    )  # fmt: skip


def test_a_fault_that_is_told_after_a_case_was_opened_goes_once_into_the_logs_of_cases_of_its_time(
    store: Store,
) -> None:
    before, known = candidate("before", time_ms=NOW_MS - 60_000), candidate("known", time_ms=NOW_MS + 1_000)
    known = msgspec.structs.replace(known, exceptions={"camera_fault": "the camera was found clock near the act"})
    with store.transaction() as session:
        for one in (before, known, candidate()):
            open_case(session, one, NOW_MS)
        told = [health(CameraState.CLOCK, NOW_MS - 2_000, NOW_MS + at) for at in (31_000, 41_000)]
        flag_cases(session, [*told, health(CameraState.OK, NOW_MS - 2_000, NOW_MS + 90_000)])
        logs = [list_case_log(session, case_id_of(one.candidate_id)) for one in (before, known, candidate())]
    assert [[entry.action for entry in log] for log in logs] == [["open"], ["open"], ["open", "camera_fault_clock"]]
    assert found_later(logs[2]).keys() == {"camera_fault_clock"}
    assert logs[2][1].note == "2026-11-18T11:06:38+00:00"


def test_a_case_that_comes_after_the_fault_of_its_time_was_told_has_it_in_its_log_too(store: Store) -> None:
    with store.transaction() as session:
        record_camera_health(session, [health(CameraState.CLOCK, NOW_MS - 2_000, NOW_MS + 31_000)])
        open_case(session, candidate(), NOW_MS)
        open_case(session, candidate("before", time_ms=NOW_MS - 60_000), NOW_MS)
        logs = [list_case_log(session, case_id_of(name)) for name in (candidate().candidate_id, "before")]
    assert [[entry.action for entry in log] for log in logs] == [["open", "camera_fault_clock"], ["open"]]


def test_a_decision_is_kept_with_its_reason_and_can_be_undone(store: Store) -> None:
    case_id = case_id_of(candidate().candidate_id)
    with store.transaction() as session:
        open_case(session, candidate(), NOW_MS)
    assert decide_case(
        store, case_id, Verdict.REJECT, actor="lan", wall_ms=NOW_MS, reason_code="light_unclear", text="sun"
    )
    with store.reading() as session:
        decision = find_decision(session, case_id)
    assert decision is not None
    assert (decision.verdict, decision.reason_code, decision.text) == ("reject", "light_unclear", "sun")
    with pytest.raises(CaseError):
        decide_case(store, case_id, Verdict.APPROVE, actor="minh", wall_ms=NOW_MS)
    assert undo_case(store, case_id, actor="lan", wall_ms=NOW_MS + 3000)
    with store.reading() as session:
        case = find_case(session, case_id)
        assert case is not None
        assert case.status is CaseStatus.OPEN
        assert find_decision(session, case_id) is None
        assert [entry.action for entry in list_case_log(session, case_id)] == ["open", "reject", "undo"]


def fill_audit(store: Store, count: int) -> None:
    with store.transaction() as session:
        for i in range(count):
            append_audit(session, time_ms=NOW_MS + i, actor="lan", action="test", subject=f"s{i}", detail="ữ")


def test_the_audits_chain_is_intact_and_in_order(store: Store) -> None:
    fill_audit(store, 20)
    with store.reading() as session:
        assert is_intact(session)
        assert [entry.seq for entry in list_audit(session, 3)] == [20, 19, 18]


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "DELETE FROM audit_head"])
def test_the_database_refuses_to_change_the_audit(store: Store, statement: str) -> None:
    fill_audit(store, 2)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.transaction() as session:
        session.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET detail = 'changed' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 5",
    ],
)
def test_a_change_behind_the_triggers_back_breaks_the_chain(store: Store, statement: str) -> None:
    fill_audit(store, 5)
    with store.transaction() as session:
        drop = ["audit_append_only ON audit"] if store.is_postgis else ["audit_no_update", "audit_no_delete"]
        for name in drop:
            session.execute(sa.text(f"DROP TRIGGER {name}"))
        session.execute(sa.text(statement))
    with store.reading() as session:
        assert not is_intact(session)


def test_an_act_that_fails_is_not_audited(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as session:
            append_audit(session, time_ms=NOW_MS, actor="lan", action="test", subject="s")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as session:
        assert list_audit(session, 10) == []
        assert is_intact(session)


def test_the_setup_code_makes_one_admin_once(store: Store) -> None:
    void = setup_code(store, NOW_MS)
    code = setup_code(store, NOW_MS)
    assert code is not None
    assert void is not None
    with pytest.raises(AuthError, match="code"):
        make_first_admin(store, name="lan", password="a long password", code=void, now_ms=NOW_MS)
    made = make_first_admin(store, name="Lan", password="a long password", code=code.lower(), now_ms=NOW_MS)
    assert (made.name, made.roles) == ("lan", ("admin",))
    assert not is_setup_needed(store)
    assert setup_code(store, NOW_MS) is None
    with pytest.raises(AuthError, match="already"):
        make_first_admin(store, name="minh", password="a long password", code=code, now_ms=NOW_MS)


def test_a_name_is_given_once(store: Store) -> None:
    make_account(store, name="minh", password="a long password", roles=["reviewer"], actor="lan", now_ms=NOW_MS)
    with pytest.raises(AuthError, match="already"):
        make_account(store, name="MINH", password="a long password", roles=["admin"], actor="lan", now_ms=NOW_MS)


def test_the_outbox_keeps_order_until_it_is_emptied(store: Store) -> None:
    with store.transaction() as session:
        for i in range(3):
            record_detected(session, incident(f"i-{i}"))
    for i in range(3):
        act_on_incident(store, f"i-{i}", "verify", actor="lan", wall_ms=NOW_MS, city_ms=NOW_MS)
    with store.transaction() as session:
        waiting = list_outbox(session)
        assert [item.key for item in waiting] == ["i-0", "i-1", "i-2"]
        delete_outbox(session, [item.id for item in waiting[:2]])
        assert [item.key for item in list_outbox(session)] == ["i-2"]


def test_acts_of_many_at_once_make_one_chain(store: Store) -> None:
    def act(person: int) -> None:
        for i in range(5):
            with store.transaction() as session:
                append_audit(session, time_ms=NOW_MS, actor=f"p{person}", action="test", subject=str(i))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(4)))
    with store.reading() as session:
        assert is_intact(session)
        assert [entry.seq for entry in list_audit(session, 100)] == list(range(20, 0, -1))


def test_two_people_at_once_cannot_both_decide_one_case(store: Store) -> None:
    case_id = case_id_of(candidate().candidate_id)
    with store.transaction() as session:
        open_case(session, candidate(), NOW_MS)

    def decide(actor: str) -> bool:
        try:
            return decide_case(store, case_id, Verdict.APPROVE, actor=actor, wall_ms=NOW_MS)
        except CaseError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, ["a", "b", "c", "d"])) == [False, False, False, True]
