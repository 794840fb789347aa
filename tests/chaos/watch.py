"""Reads the log and the database from outside, each time only what is new, and knows when all has come to rest."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from schemas.topics import DEAD_SUFFIX
from services.store.engine import Store
from services.stream import open_stream
from services.stream.base import Consumer, Partition, Record
from services.stream.dead_letter import parse_dead_letter
from tests.chaos.effects import count_rows, read_archive, read_effects, read_latest
from tests.chaos.load import read_ledger
from tests.chaos.numbers import BASE_MS, OUT, TOPIC, find_poison, number_of
from tests.chaos.verdict import Seen

DEAD = TOPIC + DEAD_SUFFIX
PATIENCE_S = 20.0


class _Timed(msgspec.Struct):
    time_ms: int


class Watch:
    """What was seen so far, and where to read on.

    Parameters
    ----------
    stream_url : str
        The log.
    store : Store
        The database.
    ledger : Path
        The producer's ledger.
    """

    def __init__(self, stream_url: str, store: Store, ledger: Path) -> None:
        self.seen = Seen()
        self._stream_url = stream_url
        self._store = store
        self._ledger = ledger
        self._at: dict[Partition, int] = {}
        self._effect_id = 0
        self._take = {TOPIC: self._take_input, OUT: self._take_output, DEAD: self._take_dead}
        self._decode = msgspec.json.Decoder(_Timed).decode

    def read_input(self) -> None:
        """Take in the ledger, the input topic and its dead letters; what is to be expected follows from them."""
        acked, _, _ = read_ledger(self._ledger)
        self.seen.acked = {number for first, after in acked for number in range(first, after)}
        self._read_topics(TOPIC, DEAD)

    def read_results(self) -> None:
        """Take in the output topic and the database."""
        with self._store.reading() as session:
            self._effect_id, new = read_effects(session, self._effect_id)
            self.seen.effects += new
            self.seen.archive = Counter(number_of(time_ms) for _, time_ms in read_archive(session, BASE_MS))
            latest = read_latest(session)
        self._read_topics(OUT, DEAD)
        self.seen.latest = {bus: number_of(time_ms) for bus, time_ms in latest.items()}

    def count(self) -> tuple[int, int]:
        """Return how many plain rows and how many archived positions there are."""
        with self._store.reading() as session:
            return count_rows(session)

    def missing(self) -> str:
        """Return what has not arrived yet in a few words, empty when all has."""
        effects, archived = self.count()
        left = {
            "rows": len(self.seen.good) - effects,
            "archived": len(set(self.seen.good.values())) - archived,
            "dead letters": len(self.seen.poison.keys() - set(self.seen.dead)),
        }
        if left["dead letters"] > 0 >= left["rows"]:
            self._read_topics(DEAD)
        return ", ".join(f"{count} {what}" for what, count in left.items() if count > 0)

    def _read_topics(self, *topics: str) -> None:
        with open_stream(self._stream_url) as stream:
            for topic in topics:
                ends = {p: end for p, end in stream.end_offsets(topic).items() if end > self._at.get(p, 0)}
                if ends:
                    with contextlib.closing(stream.tail([topic], since_ms=0)) as tail:
                        for record in self._read(tail, ends):
                            self._take[topic](record)

    def _read(self, tail: Consumer, ends: Mapping[Partition, int]) -> Iterator[Record]:
        left = dict(ends)
        for partition in tail.assignment():
            tail.seek(partition, self._at.get(partition, 0))
        while left:
            records = tail.poll(5000, PATIENCE_S)
            if not records:
                raise RuntimeError(f"records that were there cannot be read: {left}")
            for record in records:
                partition = Partition(record.topic, record.partition)
                self._at[partition] = record.offset + 1
                if record.offset + 1 >= left.get(partition, 0):
                    left.pop(partition, None)
                yield record

    def _take_input(self, record: Record) -> None:
        place = (record.partition, record.offset)
        poison = find_poison(record.value)
        if poison is None:
            self.seen.good[place] = number_of(self._decode(record.value).time_ms)
        else:
            self.seen.poison[place] = poison

    def _take_output(self, record: Record) -> None:
        number = number_of(self._decode(record.value).time_ms)
        self.seen.outputs.setdefault(record.partition, []).append(number)

    def _take_dead(self, record: Record) -> None:
        letter = parse_dead_letter(record)
        self.seen.dead.append((letter.origin_partition, letter.origin_offset))
