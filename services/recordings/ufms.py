"""The Vietnamese tracker message as protobuf: x is longitude, y is latitude, speed in km/h."""

from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from services.recordings.bound import NO_BOUND, check_count
from services.recordings.frames import CutOffError, is_framed, lengths_fit, split_frames
from services.recordings.other import Item, OtherMessage
from services.recordings.refusal import Refusal, make_fix, number, words
from services.recordings.ufms_schema import POINTS_FIELD, base_message, message_types

KMH_PER_MPS = 3.6
MEND = "send a BaseMessage as ufms.proto describes it, or several, each behind its length as a varint"
BUS, OTHERS = True, False
# payload → (its repeated points, "" where it is one point itself; whether absent means zero, closed, off)
POSITIONS: dict[str, tuple[str, bool]] = {
    "msgWayPoint": ("", OTHERS),
    "msgWayPointBatch": ("point", OTHERS),
    "msgBusWayPoint": ("", BUS),
    "msgBusWayPointBatch": ("points", BUS),
    "msgBusWayPoints": ("Events", BUS),
}


def parse_ufms(
    data: bytes, source: str, received_ms: int | None, points_field: int = POINTS_FIELD, most: int = NO_BOUND
) -> list[Item]:
    """Read one ``BaseMessage``, or a length-delimited stream of them.

    Parameters
    ----------
    data : bytes
        Protobuf; both variants, single points and batches.
    source : str
        Who sent it.
    received_ms : int or None
        When it came; ``None`` takes each point's own time.
    points_field : int
        Number of the repeated points in ``BusWayPointBatch``.
    most : int
        Records a body may hold; `TooManyRecordsError` beyond.

    Returns
    -------
    list of Fix, Refusal or OtherMessage
        One entry a point or other message; one refusal alone where the bytes are no message.
    """
    reader = _Reader(source, received_ms, points_field, most)
    if not is_framed(data) and (reader.is_message(data) or not lengths_fit(data)):
        reader.read(data, whole_body=True)
        return reader.items
    try:
        for frame in split_frames(data):
            reader.read(frame)
    except CutOffError as error:
        reader.refuse("body", str(error), "send the rest again from there", data[error.at :])
    return reader.items


class _Reader:
    """Collects what the messages of one body hold, counting on from message to message."""

    def __init__(self, source: str, received_ms: int | None, points_field: int, most: int) -> None:
        self.items: list[Item] = []
        self._source = source
        self._received_ms = received_ms
        self._points_field = points_field
        self._most = most
        self._class = base_message(points_field)

    def refuse(self, field: str, reason: str, mend: str, original: bytes) -> None:
        self.items.append(Refusal(len(self.items), None, field, reason, mend, original[:1000]))

    def is_message(self, data: bytes) -> bool:
        """Return whether bytes are one message; what begins like one may be a stream whose first message is spoilt."""
        try:
            self._class().ParseFromString(data)
        except DecodeError:
            return False
        return True

    def read(self, data: bytes, *, whole_body: bool = False) -> None:
        check_count(len(self.items) + 1, self._most)
        message = self._class()
        try:
            message.ParseFromString(data)
        except DecodeError as error:
            self.refuse("body" if whole_body else "message", f"not a BaseMessage ({error})", MEND, data)
            return
        payloads = [(field, value) for field, value in message.ListFields() if field.name != "msgType"]
        for field, payload in payloads:
            if field.name in POSITIONS:
                self._points(field.name, payload, data)
            else:
                vehicle = words(getattr(payload, "vehicle", None)) if field.message_type is not None else None
                self.items.append(OtherMessage(len(self.items), f"MsgType_{field.name[3:]}", vehicle))
        if not payloads:
            self._without_payload(message, data, whole_body=whole_body)

    def _without_payload(self, message: Any, data: bytes, *, whole_body: bool) -> None:
        if not message.HasField("msgType"):
            self.refuse("body" if whole_body else "message", f"no BaseMessage in {len(data)} bytes", MEND, data)
        elif message.msgType in message_types():
            name = message_types()[message.msgType]
            self.refuse("msgType", f"it says {name}, but field {message.msgType} is absent", MEND, data)
        else:
            self.items.append(OtherMessage(len(self.items), f"type {message.msgType}"))

    def _points(self, name: str, payload: Any, data: bytes) -> None:
        repeated, zero_when_absent = POSITIONS[name]
        if not repeated:
            self._point(payload, payload, zero_when_absent)
            return
        points = getattr(payload, repeated)
        check_count(len(self.items) + len(points), self._most)
        for point in points:
            self._point(point, point if name == "msgBusWayPoints" else payload, zero_when_absent)
        if not points:
            self.refuse(name, *self._why_empty(name, payload), data)

    def _why_empty(self, name: str, payload: Any) -> tuple[str, str]:
        strange = sorted({field.field_number for field in UnknownFieldSet(payload)})  # type: ignore[attr-defined]
        if name != "msgBusWayPointBatch" or not strange:
            return "it holds no point", "send at least one point"
        told = ", ".join(map(str, strange))
        reason = f"no point under number {self._points_field}; it holds something under {told}"
        return reason, f"if the points are there, the operator sets HANOI_INGEST_UFMS_BUS_POINTS_FIELD={strange[0]}"

    def _point(self, point: Any, who: Any, zero_when_absent: bool) -> None:
        time_ms = point.datetime * 1000 if point.HasField("datetime") else None
        speed_kmh = number(point.speed) if zero_when_absent or point.HasField("speed") else None
        values = {
            "vehicle_id": words(who.vehicle),
            "time_ms": time_ms,
            "lon": number(point.x) if point.HasField("x") else None,
            "lat": number(point.y) if point.HasField("y") else None,
            "source": self._source,
            "received_ms": time_ms if self._received_ms is None else self._received_ms,
            "speed_mps": None if speed_kmh is None else speed_kmh / KMH_PER_MPS,
            "heading_deg": number(point.heading) if point.HasField("heading") else None,
            "driver_id": words(who.driver),
            **(_bus_states(point) if zero_when_absent else _states(point)),
        }
        self.items.append(make_fix(len(self.items), point.SerializePartialToString, values))


def _bus_states(point: Any) -> dict[str, bool | None]:
    return {"door_open": point.door_up or point.door_down, "ignition": point.ignition}


def _states(point: Any) -> dict[str, bool | None]:
    door = point.door if point.HasField("door") else None
    return {"door_open": door, "ignition": point.ignition if point.HasField("ignition") else None}
