"""Listens to the event stream of the pages and notes which fixes come out."""

import threading
import time
from collections.abc import Iterator

import httpx
import msgspec

from services.api.vehicles.reader import FrameReader
from services.bench.path.ledger import Ledger


class Listener:
    """One page that listens, in a thread of its own.

    Parameters
    ----------
    client : httpx.Client
        With the pages' address as its base.
    ledger : Ledger
        Told what the stream shows.
    """

    def __init__(self, client: httpx.Client, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._stop = threading.Event()
        self._open = threading.Event()
        self.failed: str | None = None
        self.bytes = 0
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self, timeout_s: float = 20.0) -> None:
        """Open the stream; ``ConnectionError`` if it does not open in time."""
        self._thread.start()
        if not self._open.wait(timeout_s) or self.failed:
            raise ConnectionError(self.failed or "the event stream did not open")

    def stop(self) -> None:
        """Stop at the next event."""
        self._stop.set()

    def _listen(self) -> None:
        try:
            with self._client.stream("GET", "/api/live", params={"topics": "vehicles"}) as response:
                response.raise_for_status()
                self._open.set()
                reader = FrameReader()
                for event, data in read_events(self._counted(response.iter_lines())):
                    if self._stop.is_set():
                        return
                    if event == "vehicles":
                        moved = reader.take(msgspec.json.decode(data))
                        self._ledger.seen([(bus.vehicle_id, bus.time_ms) for bus in moved], time.monotonic())
        except httpx.HTTPError as error:
            self.failed = f"the event stream broke: {type(error).__name__}"
            self._open.set()

    def _counted(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self.bytes += len(line) + 1
            yield line


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Read server-sent events.

    Parameters
    ----------
    lines : iterator of str
        The stream, a line each.

    Yields
    ------
    tuple of str and str
        The event's name and its data.
    """
    event = "message"
    data: list[str] = []
    for line in lines:
        if not line:
            if data:
                yield event, "\n".join(data)
            event, data = "message", []
        elif line.startswith("event:"):
            event = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
