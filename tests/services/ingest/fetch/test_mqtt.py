"""A real MQTT broker: nothing is acknowledged to it before the log acknowledged it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.fix import Fix
from schemas.message import decode
from services.ingest.fetch.mqtt import Listener
from services.ingest.fetch.sources import Broker
from services.play.bodies import write_ufms
from services.stream.errors import StreamError
from tests.services.ingest.fetch.mosquitto import PROGRAM, Mosquitto, open_mosquitto, wait
from tests.services.ingest.house import NOON_MS, SECOND, Street, open_street

needs_mosquitto = pytest.mark.skipif(not Path(PROGRAM).exists(), reason="MOSQUITTO ABSENT (make setup-system)")


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with open_mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        yield street


def point(number: int) -> bytes:
    return b'{"vehicle":"29B-%d","datetime":%d,"x":105.85,"y":21.03}' % (number, SECOND)


def json(number: int) -> bytes:
    return b'{"msgType":"MsgType_BusWayPoint","msgBusWayPoint":' + point(number) + b"}"


def listening(street: Street, broker: Mosquitto, during: Callable[[], None], **fields: object) -> Listener:
    """Listen while something happens in another thread."""
    source = Broker(name="depot-mqtt", url=f"mqtt://127.0.0.1:{broker.port}", topics=("fleet/#",), **fields)  # type: ignore[arg-type]

    async def go() -> Listener:
        listener = Listener(source, street.house.intake, street.house.rates)
        task = asyncio.create_task(listener.run())
        try:
            await asyncio.to_thread(during)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return listener

    return asyncio.run(go())


def vehicles(street: Street) -> list[str]:
    return [decode(Fix, record.value).vehicle_id for record in street.records("gps.fixes")]


def subscribed(street: Street) -> None:
    wait(lambda: 'hanoi_ingest_mqtt_connected{source="depot-mqtt"} 1.0' in street.client.get("/metrics").text)


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_messages_reach_the_log_once_each(street: Street, mosquitto: Mosquitto, protocol: str) -> None:
    def during() -> None:
        subscribed(street)
        mosquitto.send(*(json(number) for number in range(500)))
        wait(lambda: len(vehicles(street)) >= 500)

    listening(street, mosquitto, during, protocol=protocol)
    assert sorted(vehicles(street)) == sorted(f"29B-{number}" for number in range(500))


@needs_mosquitto
def test_protobuf_comes_too_and_rubbish_is_kept_and_does_not_stop_the_rest(
    street: Street, mosquitto: Mosquitto
) -> None:
    fix = Fix(vehicle_id="29B-1", time_ms=NOON_MS, lon=105.85, lat=21.03, source="x", received_ms=NOON_MS)

    def during() -> None:
        subscribed(street)
        mosquitto.send(b"\xff\xfe", write_ufms([fix]), b"", qos=0)
        mosquitto.send(write_ufms([fix]))
        wait(lambda: len(vehicles(street)) >= 2 and len(street.records("gps.fixes.dead")) >= 2)

    listening(street, mosquitto, during, format="ufms")
    assert vehicles(street) == ["29B-1", "29B-1"]
    assert len(street.records("gps.fixes.dead")) == 2


@needs_mosquitto
def test_what_was_sent_while_nobody_listened_is_delivered_later(street: Street, mosquitto: Mosquitto) -> None:
    listening(street, mosquitto, lambda: subscribed(street))
    mosquitto.send(json(1), json(2))

    listening(street, mosquitto, lambda: wait(lambda: len(vehicles(street)) >= 2))
    assert sorted(vehicles(street)) == ["29B-1", "29B-2"]


@needs_mosquitto
def test_the_broker_keeps_what_the_log_did_not_take(street: Street, mosquitto: Mosquitto, tmp_path: Path) -> None:
    writer, real = street.house.intake.writer, street.stream

    class Away:
        def producer(self) -> None:
            raise StreamError("the log is away")

    writer._stream = Away()  # type: ignore[assignment]

    def while_away() -> None:
        subscribed(street)
        mosquitto.send(json(1), json(2))
        wait(lambda: writer.is_down)

    listening(street, mosquitto, while_away)
    assert vehicles(street) == []
    writer._stream = real
    writer._down_until_s = 0.0
    listening(street, mosquitto, lambda: wait(lambda: len(vehicles(street)) >= 2))
    assert sorted(vehicles(street)) == ["29B-1", "29B-2"]


@needs_mosquitto
def test_a_broker_that_was_away_is_found_again(street: Street, mosquitto: Mosquitto) -> None:
    def during() -> None:
        subscribed(street)
        mosquitto.send(json(1))
        wait(lambda: len(vehicles(street)) >= 1)
        mosquitto.stop()
        wait(lambda: 'hanoi_ingest_mqtt_connected{source="depot-mqtt"} 0.0' in street.client.get("/metrics").text)
        mosquitto.start()
        subscribed(street)
        mosquitto.send(json(2))
        wait(lambda: len(set(vehicles(street))) >= 2)

    listening(street, mosquitto, during)
    assert set(vehicles(street)) == {"29B-1", "29B-2"}
