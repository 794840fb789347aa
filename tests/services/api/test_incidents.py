import pytest

from services.store.incidents import record_detected
from tests.services.api.parts import Running
from tests.services.desk_builders import incident


@pytest.fixture
def desk(api: Running) -> Running:
    with api.state.store.transaction() as session:
        record_detected(session, incident())
    api.log_in("lan", "operator")
    return api


def act(desk: Running, action: str, **body: str) -> tuple[int, dict]:  # type: ignore[type-arg]
    answer = desk.client.post(f"/api/incidents/i-1/{action}", json=body)
    return answer.status_code, answer.json()


def test_a_candidate_comes_with_its_evidence_and_what_can_be_done(desk: Running) -> None:
    found = desk.client.get("/api/incidents").json()["incidents"]
    assert len(found) == 1
    assert (found[0]["state"], found[0]["actions"]) == ("detected", ["verify", "dismiss"])
    assert found[0]["evidence"]["edge_ids"] == ["1/2/3"]


def test_verify_respond_clear_close_in_four_requests(desk: Running) -> None:
    for action, state in (("verify", "verified"), ("respond", "responding"), ("clear", "cleared"), ("close", "closed")):
        status, body = act(desk, action, note="seen")
        assert (status, body["state"]) == (200, state)
    assert desk.client.get("/api/incidents").json()["incidents"] == []
    closed = desk.client.get("/api/incidents?state=closed").json()["incidents"]
    assert [entry["action"] for entry in closed[0]["log"]] == ["detect", "verify", "respond", "clear", "close"]


def test_your_own_action_can_be_undone_but_not_by_another(desk: Running) -> None:
    assert "undo" in act(desk, "dismiss", reason="usual_queue")[1]["actions"]
    desk.log_in("minh", "operator")
    assert act(desk, "undo")[0] == 409
    assert "undo" not in desk.client.get("/api/incidents?state=dismissed").json()["incidents"][0]["actions"]


def test_what_is_not_possible_is_a_conflict_that_says_what_is(desk: Running) -> None:
    status, body = act(desk, "close")
    assert status == 409
    assert "verify, dismiss" in body["detail"]
    assert act(desk, "dismiss", reason="boring")[0] == 409
    assert desk.client.post("/api/incidents/i-1/explode", json={}).status_code == 422
    assert desk.client.post("/api/incidents/none/verify", json={}).status_code == 404


def test_an_action_needs_no_body(desk: Running) -> None:
    assert desk.client.post("/api/incidents/i-1/verify").status_code == 200


def test_reasons_speak_both_languages(desk: Running) -> None:
    reasons = desk.client.get("/api/incidents/reasons").json()["reasons"]
    assert len(reasons) == 4
    assert all(reason["text"]["vi"] and reason["text"]["en"] for reason in reasons)
