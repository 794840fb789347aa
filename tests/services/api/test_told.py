"""Signal controllers and people tell of junctions: it reaches the log, and what makes no sense is refused."""

from schemas.camera_watch import CameraMinute
from schemas.message import decode
from schemas.signal import CameraCircumstance, CircumstanceKind, SignalColour, SignalState
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
    answer = api.client.post(path, json={"kind": "officer"})
    assert answer.status_code == 202
    assert [one["kind"] for one in answer.json()["circumstances"]] == ["officer"]
    (said,) = published(api, "camera.circumstances")
    told = decode(CameraCircumstance, said)
    assert (told.camera_id, told.since_ms, told.until_ms) == (camera.id, NOON_MS, None)


def test_what_is_told_stands_with_its_camera_until_it_ends_and_for_one_shift(api: Running) -> None:
    api.log_in("lan", "operator")
    camera = small_camera()
    object.__setattr__(api.state, "cameras", (camera,))
    approach = camera.approaches[0].id

    def told() -> list[tuple[str, str | None]]:
        (row,) = api.client.get("/api/cameras").json()["cameras"]
        assert row["approaches"] == [one.id for one in camera.approaches]
        return [(one["kind"], one["approach_id"]) for one in row["circumstances"]]

    def tell(kind: str, until_ms: int | None = None, *, since_ms: int, at: str | None = None) -> None:
        word = CameraCircumstance(camera.id, CircumstanceKind(kind), since_ms, until_ms, at)
        api.take(("camera.circumstances", word))

    tell("officer", since_ms=NOON_MS - 60_000, at=approach)
    tell("works", since_ms=NOON_MS - 13 * 3_600_000)
    tell("crash", since_ms=NOON_MS - 120_000)
    assert told() == [("crash", None), ("officer", approach)]
    tell("crash", NOON_MS - 1_000, since_ms=NOON_MS - 120_000)
    assert told() == [("officer", approach)]


def test_the_queue_before_a_line_stands_with_its_count(api: Running) -> None:
    api.log_in("lan", "operator")
    camera = small_camera()
    object.__setattr__(api.state, "cameras", (camera,))
    approach = camera.approaches[0].id
    span = (NOON_MS - 60_000, NOON_MS)
    count = CameraMinute(camera.id, approach, *span, {"car": 2}, 60, queue_m=41.5, queue_vehicles=9)
    api.take(("camera.counts", count))
    (row,) = api.client.get("/api/cameras").json()["cameras"]
    (said,) = row["counts"]
    assert (said["queue_m"], said["queue_vehicles"], said["queue_since_ms"]) == (41.5, 9, None)
    assert (said["watched_s"], said["model_sha256"]) == (None, None)


def test_a_minute_told_again_after_a_restart_does_not_replace_what_was_watched_longer(api: Running) -> None:
    api.log_in("lan", "operator")
    camera = small_camera()
    object.__setattr__(api.state, "cameras", (camera,))
    for watched_s, cars in ((58.0, 9), (20.0, 3)):
        span = (camera.approaches[0].id, NOON_MS - 60_000, NOON_MS)
        minute = CameraMinute(camera.id, *span, {"car": cars}, 60, watched_s=watched_s, model_sha256="5f" * 32)
        api.take(("camera.counts", minute))
    (row,) = api.client.get("/api/cameras").json()["cameras"]
    (said,) = row["counts"]
    assert (said["counts"], said["watched_s"], said["model_sha256"]) == ({"car": 9}, 58.0, "5f" * 32)
