import httpx

from schemas.fix import Fix
from services.recordings import parse_ufms_json
from services.simulate.sender import KEPT, Sender

NOW_MS = 1_767_575_100_000


def fix(number: int) -> Fix:
    return Fix(
        vehicle_id=f"SIM-1-{number:02d}",
        time_ms=NOW_MS + number * 1000,
        lon=105.8,
        lat=21.0,
        source="simulator",
        received_ms=NOW_MS,
        speed_mps=5.0,
        ignition=True,
    )


class Door:
    """Answers as the ingest door does, or as told."""

    def __init__(self) -> None:
        self.status = 202
        self.token = "good"
        self.seen: list[Fix] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.status == 0:
            raise httpx.ConnectError("nobody there")
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return httpx.Response(401)
        if self.status == 202:
            items = parse_ufms_json(request.content, "simulator", NOW_MS)
            self.seen += [item for item in items if isinstance(item, Fix)]
            return httpx.Response(202, json={"accepted": len(items), "refused": 0, "errors": []})
        return httpx.Response(self.status)


def make(door: Door, tokens: list[str]) -> Sender:
    client = httpx.Client(base_url="http://door", transport=httpx.MockTransport(door))
    return Sender(client, lambda: tokens.pop(0) if len(tokens) > 1 else tokens[0])


def test_reports_pass_the_door_as_tracker_messages() -> None:
    door = Door()
    sender = make(door, ["good"])
    sender.send([fix(1), fix(2)])
    assert [(f.vehicle_id, f.time_ms, f.lon) for f in door.seen] == [
        (f.vehicle_id, f.time_ms, f.lon) for f in (fix(1), fix(2))
    ]
    assert (sender.accepted, sender.refused, sender.lost) == (2, 0, 0)


def test_what_a_closed_door_does_not_take_is_sent_later_in_order() -> None:
    door = Door()
    sender = make(door, ["good"])
    for status in (0, 503, 429):
        door.status = status
        sender.send([fix(status)])
    door.status = 202
    sender.send([fix(1)])
    assert [f.vehicle_id for f in door.seen] == [fix(k).vehicle_id for k in (0, 503, 429, 1)]
    assert sender.accepted == 4


def test_a_refused_token_is_asked_for_anew() -> None:
    door = Door()
    sender = make(door, ["old", "good"])
    sender.send([fix(1)])
    assert door.seen == []
    sender.send([])
    assert len(door.seen) == 1


def test_a_door_closed_for_long_costs_the_oldest_reports_and_that_is_counted() -> None:
    door = Door()
    door.status = 503
    sender = make(door, ["good"])
    sender.send([fix(k) for k in range(KEPT)])
    sender.send([fix(k) for k in range(KEPT, KEPT + 50)])
    assert sender.lost == 50
    door.status = 202
    sender.send([])
    assert len(door.seen) == KEPT
    assert door.seen[0].vehicle_id == fix(50).vehicle_id
