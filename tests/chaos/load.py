"""The producer: `python -m tests.chaos.load LEDGER STREAM_URL SEED`, told by lines `UNTIL SECONDS` on its input.

A batch that was not acknowledged is sent again, as a tracker would do it, before anything newer. The ledger has a
line `try FIRST AFTER` before a batch is sent and `ack FIRST AFTER` once its flush returned; what is acknowledged
there must never be lost. It may be killed at any moment and goes on where its ledger ends.
"""

import os
import sys
import time
from pathlib import Path

from services.stream import open_stream
from services.stream.base import Producer, Stream
from services.stream.errors import StreamError
from tests.chaos.numbers import records_of

BATCH = 20
PAUSE_S = 0.2


class Ledger:
    """What was tried and what was acknowledged, written line by line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, word: str, first: int, after: int) -> None:
        """Add one line; it is in the kernel's hands when this returns."""
        self._file.write(f"{word} {first} {after}\n".encode())


def read_ledger(path: Path) -> tuple[list[tuple[int, int]], tuple[int, int] | None, int]:
    """Return what was acknowledged, the batch that was tried last and is not, and the next new number."""
    acked: list[tuple[int, int]] = []
    tried: tuple[int, int] | None = None
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    for line in lines:
        if not line.endswith("\n"):
            break
        word, first, after = line.split()
        span = (int(first), int(after))
        if word == "ack":
            acked.append(span)
        tried = span
    open_ = tried if tried and tried not in acked[-1:] else None
    return acked, open_, tried[1] if tried else 0


class Load:
    """Sends batches until each is acknowledged."""

    def __init__(self, stream: Stream, ledger: Path, seed: int) -> None:
        acked, self._open, self._next = read_ledger(ledger)
        del acked
        self._stream = stream
        self._ledger = Ledger(ledger)
        self._seed = seed
        self._producer: Producer | None = None

    def feed(self, until: int, seconds: float) -> int:
        """Send the records up to a number, evenly over a time; return the next number."""
        begun_s, first = time.monotonic(), self._next
        if self._open is not None:
            self._send(*self._open)
        while self._next < until:
            self._send(self._next, min(self._next + BATCH, until))
            due_s = begun_s + seconds * (self._next - first) / max(1, until - first) - time.monotonic()
            if due_s > 0:
                time.sleep(due_s)
        return self._next

    def _send(self, first: int, after: int) -> None:
        self._open, self._next = (first, after), max(self._next, after)
        while True:
            self._ledger.write("try", first, after)
            try:
                if self._producer is None:
                    self._producer = self._stream.producer()
                self._producer.send(records_of(self._seed, first, after))
                self._producer.flush(10.0)
                break
            except StreamError as error:
                print(f"load: {error}", file=sys.stderr, flush=True)
                self._producer = None  # not closed: closing waits for a broker that is away
                time.sleep(PAUSE_S)
        self._ledger.write("ack", first, after)
        self._open = None


def main() -> None:
    """Feed as told until the input ends."""
    ledger, stream_url, seed = sys.argv[1:4]
    with open_stream(stream_url) as stream:
        load = Load(stream, Path(ledger), int(seed))
        print("ready", flush=True)
        for line in sys.stdin:
            until, seconds = line.split()
            print(load.feed(int(until), float(seconds)), flush=True)
        os._exit(0)


if __name__ == "__main__":
    main()
