"""After a restart: what the tracker knew, read again from the log."""

from collections.abc import Sequence

from schemas.fix import Fix
from schemas.message import decode
from services.stream.base import Partition, Record, Stream

HISTORY_MS = 1_800_000
MOST = 200_000
TOPIC = "gps.fixes"


def read_history(stream: Stream, group: str, now_ms: int) -> list[Fix]:
    """Return the fixes of the last half hour that a group has already dealt with.

    Parameters
    ----------
    stream : Stream
        The log.
    group : str
        Whose committed offsets are the end.
    now_ms : int
        Wall time; the half hour ends here, or at the first record still to be dealt with where that is older.

    Returns
    -------
    list of Fix
        In the order they were appended; empty for a new group. Records that cannot be read are left out.
    """
    committed, oldest_ms = _where_it_stopped(stream, group, now_ms)
    if not committed:
        return []
    records: list[Record] = []
    wanted = dict(committed)
    tail = stream.tail([TOPIC], since_ms=oldest_ms - HISTORY_MS)
    try:
        while wanted and len(records) < MOST:
            batch = tail.poll(max_records=5000, timeout_s=1.0)
            if not batch:
                break
            records += _dealt_with(batch, committed)
            for record in batch:
                place = Partition(record.topic, record.partition)
                if record.offset + 1 >= wanted.get(place, 0):
                    wanted.pop(place, None)
    finally:
        tail.close()
    records.sort(key=lambda record: (record.timestamp_ms, record.partition, record.offset))
    return _decoded(records)


def _where_it_stopped(stream: Stream, group: str, now_ms: int) -> tuple[dict[Partition, int], int]:
    consumer = stream.consumer(group, [TOPIC])
    try:
        waiting = consumer.poll(max_records=1, timeout_s=0.2)
        places = sorted(stream.end_offsets(TOPIC))
        offsets = {place: consumer.committed(place) for place in places}
    finally:
        consumer.close()
    oldest_ms = min([now_ms, *(record.timestamp_ms for record in waiting)])
    return {place: offset for place, offset in offsets.items() if offset}, oldest_ms


def _dealt_with(batch: Sequence[Record], committed: dict[Partition, int]) -> list[Record]:
    return [r for r in batch if r.offset < committed.get(Partition(r.topic, r.partition), 0)]


def _decoded(records: Sequence[Record]) -> list[Fix]:
    fixes: list[Fix] = []
    for record in records:
        try:
            fixes.append(decode(Fix, record.value))
        except ValueError:
            continue
    return fixes
