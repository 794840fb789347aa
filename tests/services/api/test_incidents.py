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


def learnt(desk: Running) -> dict:  # type: ignore[type-arg]
    return desk.client.get("/api/incidents/learnt").json()


def test_what_was_learnt_from_false_is_told_and_can_be_taken_back_and_given_again(desk: Running) -> None:
    assert learnt(desk)["lessons"] == []
    act(desk, "dismiss", reason="usual_queue")
    (lesson,) = learnt(desk)["lessons"]
    assert (lesson["incident_id"], lesson["real"], lesson["reason"], lesson["actor"]) == (
        "i-1", False, "usual_queue", "lan",
    )  # fmt: skip
    assert lesson["times"] == pytest.approx(4.5, abs=0.1), "e to the power of 1.5"
    (kind,) = learnt(desk)["kinds"]
    assert (kind["kind"], kind["right"], kind["wrong"], kind["trust"]) == ("held", 0, 1, 0.8)

    desk.log_in("minh", "operator")
    assert desk.client.post("/api/incidents/i-1/lesson/forget").json()["state"] == "dismissed"
    (lesson,) = learnt(desk)["lessons"]
    assert (lesson["learnt"], lesson["times"], learnt(desk)["kinds"]) == (False, 1.0, [])
    assert desk.client.post("/api/incidents/i-1/lesson/forget").status_code == 409
    assert desk.client.post("/api/incidents/i-1/lesson/recall").status_code == 200
    assert learnt(desk)["lessons"][0]["learnt"]
    log = desk.client.get("/api/incidents?state=dismissed").json()["incidents"][0]["log"]
    assert [(entry["actor"], entry["action"]) for entry in log[2:]] == [("minh", "forget"), ("minh", "recall")]


def test_a_lesson_needs_somebody_who_judged_and_an_incident(desk: Running) -> None:
    assert desk.client.post("/api/incidents/i-1/lesson/forget").status_code == 409
    assert desk.client.post("/api/incidents/none/lesson/forget").status_code == 404
    act(desk, "verify")
    act(desk, "undo")
    assert learnt(desk)["lessons"] == []
