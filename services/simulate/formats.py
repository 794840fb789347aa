"""The formats that simulated reports are written in: our own, and those the doors read."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from schemas.fix import Fix
from services.play.bodies import write_csv, write_gtfs_rt, write_ufms_json

FEED_EVERY_MS, FEED_KEEPS_MS = 30_000, 90_000


class FixFile(Protocol):
    """Takes reports in the order they came through."""

    def take(self, fixes: Sequence[Fix], now_ms: int) -> None:
        """Write the reports that came through until a moment."""

    def close(self) -> None:
        """Finish the file."""


class JsonLines:
    """``fixes.jsonl``: our own messages, one a line.

    Parameters
    ----------
    folder : Path
        Where to write it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "fixes.jsonl").open("wb")
        self._encoder = msgspec.json.Encoder()

    def take(self, fixes: Sequence[Fix], now_ms: int) -> None:
        """Write the reports that came through until a moment."""
        del now_ms
        self._file.write(self._encoder.encode_lines(fixes))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class TrackerJson:
    """``tracker.json``: tracker messages, one array.

    Parameters
    ----------
    folder : Path
        Where to write it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "tracker.json").open("wb")
        self._between = b"["

    def take(self, fixes: Sequence[Fix], now_ms: int) -> None:
        """Write the reports that came through until a moment."""
        del now_ms
        if fixes:
            self._file.write(self._between + write_ufms_json(fixes)[1:-1])
            self._between = b",\n"

    def close(self) -> None:
        """Finish the file."""
        self._file.write(b"]\n" if self._between != b"[" else b"[]\n")
        self._file.close()


class Csv:
    """``fixes.csv``: a header and one report a line.

    Parameters
    ----------
    folder : Path
        Where to write it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "fixes.csv").open("wb")
        self._file.write(write_csv([]))

    def take(self, fixes: Sequence[Fix], now_ms: int) -> None:
        """Write the reports that came through until a moment."""
        del now_ms
        self._file.write(write_csv(fixes).partition(b"\n")[2])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class GtfsRealtime:
    """``gtfs-rt/TIME.pb``: the newest report of every vehicle, a feed each half minute.

    Parameters
    ----------
    folder : Path
        Where to write it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "gtfs-rt"
        self._folder.mkdir()
        self._newest: dict[str, Fix] = {}

    def take(self, fixes: Sequence[Fix], now_ms: int) -> None:
        """Write the reports that came through until a moment."""
        for fix in fixes:
            known = self._newest.get(fix.vehicle_id)
            if known is None or fix.time_ms >= known.time_ms:
                self._newest[fix.vehicle_id] = fix
        if now_ms % FEED_EVERY_MS == 0:
            # As a publisher does: what is old, and what cannot be of now, stays out.
            fresh = [f for f in self._newest.values() if abs(now_ms - f.time_ms) <= FEED_KEEPS_MS]
            (self._folder / f"{now_ms}.pb").write_bytes(write_gtfs_rt(fresh))

    def close(self) -> None:
        """Finish the file."""


FORMATS: dict[str, tuple[str, Callable[[Path], FixFile]]] = {
    "fixes": ("fixes.jsonl", JsonLines),
    "tracker": ("tracker.json", TrackerJson),
    "csv": ("fixes.csv", Csv),
    "gtfs-rt": ("gtfs-rt", GtfsRealtime),
}
