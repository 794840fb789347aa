"""Signal controllers and people tell of junctions: it reaches the log, and what makes no sense is refused."""

from schemas.message import decode
from schemas.signal import CameraCircumstance, SignalColour, SignalState
from services.api.tail import relay_once
from tests.services.api.parts import NOON_MS, Running
from tests.vision.builders import small_camera

RED = {"signal_id": "K1", "colour": "red", "since_ms": NOON_MS - 2_000, "until_ms": NOON_MS}


def published(api: Running, topic: str) -> list[bytes]:
    stream = api.state.context.stream
    producer = stream.producer()
    while relay_once(api.state, producer):
        pass
    return [record.value for record in stream.tail([topic], since_ms=0).poll(100, 0.0)]


def test_a_controllers_word_reaches_the_log_and_one_that_runs_backwards_is_refused(api: Running) -> None:
    assert api.client.post("/api/signals", json=[RED]).status_code == 401
    api.log_in("gateway", "operator")
    assert api.client.post("/api/signals", json=[RED]).json() == {"taken": 1}
    (said,) = published(api, "signals.states")
    assert decode(SignalState, said) == SignalState("K1", SignalColour.RED, NOON_MS - 2_000, NOON_MS)
    backwards = api.client.post("/api/signals", json=[RED | {"until_ms": NOON_MS - 3_000}])
    assert (backwards.status_code, "until_ms" in backwards.text) == (422, True)
    assert api.client.post("/api/signals", json=[RED] * 501).status_code == 413


def test_an_officer_is_told_of_a_camera_that_there_is(api: Running) -> None:
    api.log_in("lan", "reviewer")
    nowhere = api.client.post("/api/cameras/C-99/circumstances", json={"kind": "officer"})
    assert (nowhere.status_code, "C-99" in nowhere.text) == (404, True)
    camera = small_camera()
    object.__setattr__(api.state, "cameras", (camera,))
    path = f"/api/cameras/{camera.id}/circumstances"
    assert api.client.post(path, json={"kind": "officer", "approach_id": "moon"}).status_code == 404
    assert api.client.post(path, json={"kind": "officer", "until_ms": NOON_MS - 1}).status_code == 422
    assert api.client.post(path, json={"kind": "officer"}).status_code == 202
    (said,) = published(api, "camera.circumstances")
    told = decode(CameraCircumstance, said)
    assert (told.camera_id, told.since_ms, told.until_ms) == (camera.id, NOON_MS, None)
