"""What is said of junctions is read by every member, whatever it watches; what cannot be read is left out."""

from pathlib import Path

from schemas.message import encode
from schemas.signal import CameraCircumstance, CircumstanceKind, SignalColour, SignalState
from services.detect.told import CIRCUMSTANCES, SIGNALS, Told
from services.stream import open_stream
from services.stream.base import Outgoing

NOON_MS = 1_795_064_400_000
SAID = (
    SignalState("K1", SignalColour.RED, NOON_MS, NOON_MS + 1_000),
    CameraCircumstance("C-1", CircumstanceKind.WORKS, NOON_MS),
)


def test_both_topics_are_read_once_and_a_broken_word_stops_nobody(tmp_path: Path) -> None:
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        first, second = Told(stream, 0), Told(stream, 0)
        producer = stream.producer()
        producer.send([Outgoing(SIGNALS, b"K1", b"{"), Outgoing(SIGNALS, b"K1", encode(SAID[0]))])
        producer.send([Outgoing(CIRCUMSTANCES, b"C-1", encode(SAID[1]))])
        producer.flush()
        for reader in (first, second):
            assert tuple(reader.read()) == SAID
            assert reader.read() == []
            reader.close()
