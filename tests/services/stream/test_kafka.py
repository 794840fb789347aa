"""Kafka's door where the broker is away: what kafka-python raises never gets past it."""

from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError

from services.stream.base import Outgoing
from services.stream.errors import NotAcknowledgedError
from services.stream.kafka import KafkaLogProducer


class _Away:
    """A producer whose broker is away: as kafka-python's own, it raises when it is flushed, also by its close."""

    def __init__(self) -> None:
        self.stopped = False
        self._sender = self

    def send(self, topic: str, **more: Any) -> "_Away":
        return self

    def succeeded(self) -> bool:
        return False

    exception = KafkaTimeoutError("expired")

    def flush(self, timeout: float) -> None:
        raise KafkaTimeoutError("Timeout waiting for future")

    def force_close(self) -> None:
        self.stopped = True

    def close(self, timeout: float) -> None:
        self.flush(timeout)


def test_a_broker_that_stays_away_is_not_acknowledged_and_leaves_no_sender_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = _Away()
    monkeypatch.setattr(KafkaLogProducer, "_open", lambda self: away)
    producer = KafkaLogProducer("127.0.0.1:9")
    records = [Outgoing("gps.fixes", b"k", b"1"), Outgoing("gps.fixes", b"k", b"2")]
    producer.send(records)
    with pytest.raises(NotAcknowledgedError) as caught:
        producer.flush(0.1)
    assert list(caught.value.records) == records
    assert away.stopped
