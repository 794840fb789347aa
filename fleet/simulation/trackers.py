"""Trackers: when each bus reports, what its report says, and when and in which order it comes through."""

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.simulation.clocks import WORDS, draw_clocks
from fleet.simulation.faults import Faults
from fleet.simulation.plan import Floats, Ints
from fleet.simulation.receivers import Areas, Bools, Receivers, draw_areas

LATENCY_MS = (300, 2_500)
BATCH_GAP_MS = 40

Fields = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What is true of the buses that are due, one row each."""

    bus: Ints
    lon: Floats
    lat: Floats
    heading_deg: Floats
    speed_mps: Floats
    door_open: Ints
    parked: Ints


@dataclass(frozen=True)
class Report:
    """One report as it left the tracker, before it becomes a fix, and what was and will be done to it.

    ``stored`` waits until the line is back; ``late_ms`` is how much longer it travels, ``again_ms`` when it comes once
    more (0: not).
    """

    bus: int
    time_ms: int
    lon: float
    lat: float
    speed_mps: float
    heading_deg: float
    door_open: bool
    ignition: bool
    faults: tuple[str, ...]
    lost: bool
    stored: bool
    late_ms: int
    again_ms: int


class Trackers:
    """The trackers of a fleet.

    Parameters
    ----------
    size : int
        How many buses.
    faults : Faults
        What goes wrong.
    seed : int
        Same seed, same reports.
    places : tuple of (lon, lat)
        Where dead zones and canyons may lie, arrays in degrees.
    start_ms : int
        The first moment.
    """

    def __init__(self, size: int, faults: Faults, seed: int, places: tuple[Floats, Floats], start_ms: int) -> None:
        self.faults = faults
        self._rng = rng = np.random.default_rng([seed, 6])
        canyons = draw_areas(seed, 15, faults.canyons, faults.canyon_radius_m, *places)
        self._dead: Areas = draw_areas(seed, 16, faults.dead_zones, faults.dead_zone_radius_m, *places)
        self._receivers = Receivers(size, faults, canyons, rng)
        self._clocks = draw_clocks(size, faults, rng)
        self.has_heading, self.has_door, self.has_ignition, self.has_driver = (
            rng.random(size) < share
            for share in (faults.heading_vehicles, faults.door_vehicles, faults.ignition_vehicles,
                          faults.driver_vehicles)
        )  # fmt: skip
        self._every_s: Ints = rng.integers(int(faults.fastest_s), int(faults.slowest_s) + 1, size)
        self._due_s: Ints = start_ms // 1000 + 1 + rng.integers(0, 10_000, size) % self._every_s
        self._asleep: Ints = np.zeros(size, dtype=np.int64)
        self._silent_until_s: Ints = np.zeros(size, dtype=np.int64)
        self._silence_lost = np.zeros(size, dtype=bool)
        self._frozen_until_s: Ints = np.zeros(size, dtype=np.int64)
        self._frozen_at: Floats = np.zeros((2, size))
        self._stored: dict[int, list[Fields]] = {}
        self._coming: list[tuple[int, int, Fields]] = []
        self._sent = 0

    def due(self, now_ms: int, asleep: Ints, shown: Ints) -> Ints:
        """Return which buses report now: moving ones often, parked ones every quarter of an hour at most.

        Parameters
        ----------
        now_ms : int
            The moment.
        asleep : ndarray of int, shape (size,)
            1 where the bus is parked.
        shown : ndarray of int, shape (size,)
            0 where it has not been used at all.

        Returns
        -------
        ndarray of int
            Rows, rising.
        """
        now_s = now_ms // 1000
        woken = (self._asleep == 1) & (asleep == 0)
        self._asleep = asleep.copy()
        due = np.flatnonzero(((self._due_s <= now_s) | woken) & (shown == 1))
        wait = np.where(asleep[due] == 1, self.faults.parked_s * self._rng.uniform(0.6, 1.0, len(due)), 0.0)
        jitter = self._rng.integers(-1, 2, len(due)) * (self.faults.slowest_s > self.faults.fastest_s)
        self._due_s[due] = now_s + np.maximum(wait.astype(np.int64), self._every_s[due] + jitter)
        return due

    def report(self, seen: Seen, now_ms: int) -> list[Report]:
        """Return what the trackers of some buses write down.

        Parameters
        ----------
        seen : Seen
            The truth about them.
        now_ms : int
            The moment.

        Returns
        -------
        list of Report
            One a row.
        """
        f, bus, rng, n = self.faults, seen.bus, self._rng, len(seen.bus)
        now_s = now_ms // 1000
        lon, lat, jumps = self._receivers.read(bus, float(now_s), seen.lon, seen.lat)
        moving = seen.speed_mps > 0.3
        sd = 0.3 if f.noise_sd_m > 0 else 0.0
        speed = np.where(moving, np.maximum(seen.speed_mps + rng.normal(0.0, sd, n), 0.0), 0.0)
        heading = (seen.heading_deg + rng.normal(0.0, 20.0 * sd, n)) % 360.0
        frozen = self._freeze(bus, now_s, lon, lat, rng.random(n))
        lon, lat = np.where(frozen, self._frozen_at[0, bus], lon), np.where(frozen, self._frozen_at[1, bus], lat)
        null, swapped = rng.random(n) < f.null_island_share, rng.random(n) < f.swapped_axes_share
        lon, lat = np.where(swapped, lat, lon), np.where(swapped, np.clip(lon, -90.0, 90.0), lat)
        lon, lat = np.where(null, 0.0, lon), np.where(null, 0.0, lat)
        time_ms = self._clocks.read_ms(bus, now_ms)
        silent, lost = self._silence(bus, now_s, seen, rng.random(n), rng.random(n))
        stored = silent & ~lost
        late_ms = np.where((rng.random(n) < f.late_share) & ~silent, f.late_s * 1000.0 * rng.uniform(0.2, 1.8, n), 0.0)
        again_ms = np.where((rng.random(n) < f.duplicate_share) & ~silent, rng.integers(1, 20_000, n), 0)
        words = {"jump": jumps, "frozen": frozen, "null_island": null, "swapped_axes": swapped, "stored": stored,
                 "lost": lost, "late": late_ms > 0, "duplicate": again_ms > 0}  # fmt: skip
        flagged = np.flatnonzero(np.any(list(words.values()), axis=0) | (self._clocks.kind[bus] > 0))
        said = {int(k): self._words(int(bus[k]), int(k), words) for k in flagged}
        return [
            Report(b, t, x, y, v, h, d == 1, p == 0, said.get(k, ()), *rest)
            for k, (b, t, x, y, v, h, d, p, *rest) in enumerate(
                zip(bus.tolist(), time_ms.tolist(), np.round(lon, 6).tolist(), np.round(lat, 6).tolist(),
                    np.round(np.where(frozen, 0.0, speed), 2).tolist(), np.round(heading, 1).tolist(),
                    seen.door_open.tolist(), seen.parked.tolist(), lost.tolist(), stored.tolist(),
                    late_ms.astype(np.int64).tolist(), again_ms.tolist(), strict=True)
            )
        ]  # fmt: skip

    def _words(self, bus: int, row: int, words: dict[str, Bools]) -> tuple[str, ...]:
        said = [word for word, on in words.items() if on[row]]
        clock = WORDS[self._clocks.kind[bus]]
        return tuple([*said, clock] if clock else said)

    def _freeze(self, bus: Ints, now_s: int, lon: Floats, lat: Floats, chance: Floats) -> Bools:
        begins = (self._frozen_until_s[bus] <= now_s) & (
            chance < self.faults.freezes_per_hour * self._every_s[bus] / 3600.0
        )
        freezing = bus[begins]
        self._frozen_until_s[freezing] = now_s + 1 + (self.faults.freeze_s * self._rng.uniform(0.5, 2.0, len(freezing)))
        self._frozen_at[0, freezing], self._frozen_at[1, freezing] = lon[begins], lat[begins]
        return np.asarray(self._frozen_until_s[bus] > now_s)

    def _silence(self, bus: Ints, now_s: int, seen: Seen, chance: Floats, kept: Floats) -> tuple[Bools, Bools]:
        """Return whose line is dead now, and whose reports are lost with it."""
        f = self.faults
        falls = (self._silent_until_s[bus] <= now_s) & (chance < f.silences_per_hour * self._every_s[bus] / 3600.0)
        quiet = bus[falls]
        self._silent_until_s[quiet] = now_s + 1 + (f.silence_s * self._rng.uniform(0.3, 2.0, len(quiet)))
        self._silence_lost[quiet] = kept[falls] < f.silence_lost_share
        broken = self._silent_until_s[bus] > now_s
        return np.asarray(broken | self._dead.hold(seen.lon, seen.lat)), np.asarray(broken & self._silence_lost[bus])

    def send(self, report: Report, fields: Fields, now_ms: int) -> None:
        """Put a report on its way: it waits where the line is dead, and comes with all others once it is back.

        Parameters
        ----------
        report : Report
            What shall become of it.
        fields : dict
            The same as fields of a `Fix`, all but its time of receipt.
        now_ms : int
            The moment.
        """
        if report.stored:
            self._stored.setdefault(report.bus, []).append(fields)
            return
        arrives = now_ms + int(self._rng.integers(*LATENCY_MS))
        waiting = self._stored.pop(report.bus, None)
        if waiting:
            if self._rng.random() < self.faults.reversed_batch_share:
                waiting.reverse()
            for k, old in enumerate(waiting):
                self._push(arrives + k * BATCH_GAP_MS, old)
            arrives += len(waiting) * BATCH_GAP_MS
        self._push(arrives + report.late_ms, fields)
        if report.again_ms:
            self._push(arrives + report.late_ms + report.again_ms, fields)

    def _push(self, arrives_ms: int, fields: Fields) -> None:
        self._sent += 1
        heapq.heappush(self._coming, (arrives_ms, self._sent, fields))

    def arrived(self, now_ms: int) -> list[tuple[int, Fields]]:
        """Return what came through until now, with the moment of each."""
        out = []
        while self._coming and self._coming[0][0] <= now_ms:
            arrives_ms, _, fields = heapq.heappop(self._coming)
            out.append((arrives_ms, fields))
        return out
