"""The files of a replay, always in the same order whatever the order of the fixes."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fleet.tracker import TrackOutputs
from schemas.stop_event import StopEvent

HOLD_MS = 900_000
ASSIGNMENTS = (
    "vehicle_id", "time_ms", "phase", "trip_id", "start_date", "route_id", "direction_id", "probability", "distance_m",
    "off_route_m",
)  # fmt: skip
STOP_EVENTS = ("vehicle_id", "trip_id", "start_date", "stop_id", "stop_sequence", "arrival_ms", "departure_ms")
PREDICTIONS = (
    "made_at_ms", "vehicle_id", "trip_id", "start_date", "stop_id", "stop_sequence", "eta_ms", "p10_ms", "p50_ms",
    "p90_ms", "reason",
)  # fmt: skip
DELAYS = ("vehicle_id", "time_ms", "trip_id", "start_date", "delay_s")
SCHEDULE = ("trip_id", "start_date", "stop_sequence", "scheduled_ms")


class SortedCsv:
    """A CSV whose rows come out sorted, if none comes more than 15 minutes of event time after a later one.

    Parameters
    ----------
    path : Path
        The file; replaced if it exists.
    columns : sequence of str
        Its header.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._writer.writerow(columns)
        self._held: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = []
        self._newest = 0
        self._flushed = 0
        self.rows = 0

    def add(self, time_ms: int, order: tuple[Any, ...], row: tuple[Any, ...]) -> None:
        """Take one row; ``order`` breaks ties of time."""
        self._held.append(((time_ms, *order), row))
        self._newest = max(self._newest, time_ms)
        self.rows += 1
        if self._newest - self._flushed > 2 * HOLD_MS:
            self._flush(self._newest - HOLD_MS)

    def close(self) -> None:
        """Write what is held and close the file."""
        self._flush(self._newest + 1)
        self._file.close()

    def _flush(self, until_ms: int) -> None:
        self._held.sort(key=lambda held: held[0])
        keep = next((i for i, held in enumerate(self._held) if held[0][0] >= until_ms), len(self._held))
        self._writer.writerows(row for _, row in self._held[:keep])
        del self._held[:keep]
        self._flushed = until_ms


class ReplayFiles:
    """Everything a replay writes but its summary.

    Parameters
    ----------
    folder : Path
        Made if absent.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._assignments = SortedCsv(folder / "assignments.csv", ASSIGNMENTS)
        self._predictions = SortedCsv(folder / "predictions.csv", PREDICTIONS)
        self._delays = SortedCsv(folder / "delays.csv", DELAYS)
        self._events: dict[tuple[str, str, str, int], StopEvent] = {}
        self._scheduled: dict[tuple[str, str, int], int] = {}

    def take(self, out: TrackOutputs) -> None:
        """Write what a step led to."""
        for p in out.positions:
            a = p.assignment
            row = (
                p.vehicle_id,
                p.time_ms,
                a.phase.value,
                a.trip_id,
                a.start_date,
                a.route_id,
                a.direction_id,
                a.probability,
            )
            self._assignments.add(p.time_ms, (p.vehicle_id,), (*row, a.distance_m, a.off_route_m))
            if p.delay_s is not None:
                self._delays.add(p.time_ms, (p.vehicle_id,), (*row[:2], a.trip_id, a.start_date, p.delay_s))
        for e in out.stop_events:
            self._events[(e.vehicle_id, e.trip_id, e.start_date, e.stop_sequence)] = e
        for trip in out.predictions:
            who = (trip.vehicle_id, trip.trip_id, trip.start_date)
            for s in trip.stops:
                times = (s.eta_ms, s.p10_ms, s.p50_ms, s.p90_ms)
                row = (trip.made_at_ms, *who, s.stop_id, s.stop_sequence, *times, trip.reason.en)  # type: ignore[assignment]
                self._predictions.add(trip.made_at_ms, (*who, s.stop_sequence), row)
                if s.scheduled_ms is not None:
                    self._scheduled[(trip.trip_id, trip.start_date, s.stop_sequence)] = s.scheduled_ms

    def close(self) -> dict[str, int]:
        """Write what is left and return the number of rows of each file."""
        rows = {"assignments": self._assignments.rows, "predictions": self._predictions.rows}
        for file in (self._assignments, self._predictions, self._delays):
            file.close()
        events = SortedCsv(self._folder / "stop_events.csv", STOP_EVENTS)
        for key, e in sorted(self._events.items()):
            events.add(0, key, (*key[:3], e.stop_id, e.stop_sequence, e.arrival_ms, e.departure_ms))
        events.close()
        schedule = SortedCsv(self._folder / "schedule.csv", SCHEDULE)
        for trip, due_ms in sorted(self._scheduled.items()):
            schedule.add(0, trip, (*trip, due_ms))
        schedule.close()
        return rows | {"stop_events": len(self._events)}

    def digest(self) -> str:
        """Return the SHA-256 of assignments, stop events and predictions together: equal where the replays are."""
        sha = hashlib.sha256()
        for name in ("assignments.csv", "stop_events.csv", "predictions.csv"):
            sha.update((self._folder / name).read_bytes())
        return sha.hexdigest()
