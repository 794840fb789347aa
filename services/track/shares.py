"""Several trackers, one voice: who tracks partition 0 speaks for the city, the others tell what they saw.

A trip is not coming only when no tracker saw a bus on it, and a source's health is that of all its buses, whichever
tracker has them. So are bunches, detours and silences: each tracker tells the buses it follows every ten seconds. The
one that speaks tells what it has said and not taken back: who takes its place takes that over or ends it.
"""

import uuid
from collections.abc import Iterable, Sequence

import msgspec

from fleet.cleaning.quality import MOST_AT_FAULT
from fleet.tracker import TrackOutputs
from schemas.feed import FeedHealth
from schemas.fleet_alert import FleetAlert
from schemas.message import Message
from schemas.position import Quality
from schemas.topics import get_topic
from schemas.track_state import TrackShare
from services.stream.base import Stream
from services.track.days import Days
from services.track.topic import decode_all

SHARES = "track.shares"
FRESH_MS = 45_000
_decoder = msgspec.json.Decoder(TrackShare)
ALL = frozenset(range(get_topic("gps.fixes").partitions))


class Shares:
    """Brings together what several trackers saw; costs nothing while there is one.

    Parameters
    ----------
    stream : Stream
        The log.
    days : Days
        Holds this process's tracker.
    """

    def __init__(self, stream: Stream, days: Days) -> None:
        self._stream = stream
        self._days = days
        self._name = uuid.uuid4().hex
        self._owned = ALL
        self._tail = stream.tail([SHARES])
        self._others: dict[str, TrackShare] = {}
        self._city: tuple[FleetAlert, ...] = ()

    def own(self, partitions: frozenset[int]) -> None:
        """Hear which partitions this process tracks from now on."""
        speaks = 0 in partitions
        if speaks and 0 not in self._owned:
            self._days.tracker.inherit(self._city)
            self._city = ()
        self._owned = partitions
        self._days.speaks_for_all = speaks

    def take(self, now_ms: int) -> None:
        """Read what the other trackers told."""
        for share in decode_all(self._tail.poll(100, 0.0), _decoder):
            if share.tracker != self._name:
                self._others[share.tracker] = share
                self._hear(share)
        self._others = {name: s for name, s in self._others.items() if abs(now_ms - s.time_ms) <= FRESH_MS}
        abroad = self._days.tracker.abroad
        for name in abroad.keys() - self._others.keys():
            del abroad[name]

    def _hear(self, share: TrackShare) -> None:
        tracker = self._days.tracker
        if share.city is not None:
            self._city = share.city
        tracker.note_seen(share.trips, share.routes)
        if share.timetable == tracker.fingerprint:
            tracker.hear_buses(share.tracker, share.buses, share.ways)

    def speak(self, out: TrackOutputs, now_ms: int) -> list[tuple[str, str, Message]]:
        """Return the health of the feeds, whole, or this process's share of it."""
        if not out.feed_health:
            return []
        if self._owned == ALL:
            return [("feeds.health", health.source, health) for health in out.feed_health]
        if 0 in self._owned:
            parts = [*out.feed_health, *(health for share in self._others.values() for health in share.feeds)]
            said: list[tuple[str, str, Message]] = [("feeds.health", h.source, h) for h in add_up(parts, now_ms)]
            feeds, city = tuple(out.feed_health), self._days.tracker.list_open()
            share = TrackShare(tracker=self._name, time_ms=now_ms, feeds=feeds, city=city)
            return [*said, (SHARES, self._name, share)]
        trips, routes = self._days.tracker.list_seen()
        buses, ways = self._days.tracker.tell_buses()
        share = TrackShare(
            tracker=self._name,
            time_ms=now_ms,
            feeds=tuple(out.feed_health),
            trips=trips,
            routes=routes,
            timetable=self._days.tracker.fingerprint,
            buses=buses,
            ways=ways,
        )
        return [(SHARES, self._name, share)]

    def close(self) -> None:
        """Let go of the reader."""
        self._tail.close()


def add_up(parts: Iterable[FeedHealth], now_ms: int) -> list[FeedHealth]:
    """Add up the health of each source over the trackers that have some of its buses."""
    by_source: dict[str, list[FeedHealth]] = {}
    for part in parts:
        by_source.setdefault(part.source, []).append(part)
    return [_sum(lot, now_ms) for _, lot in sorted(by_source.items())]


def _sum(lot: Sequence[FeedHealth], now_ms: int) -> FeedHealth:
    fixes, vehicles = sum(h.fixes for h in lot), sum(h.vehicles for h in lot)
    live = sum(h.vehicles_live for h in lot)
    verdicts: dict[str, int] = {}
    for health in lot:
        for rule, count in health.verdicts.items():
            verdicts[rule] = verdicts.get(rule, 0) + count

    faults = sorted((f for h in lot for f in h.at_fault), key=lambda f: (-f.count, f.vehicle_id, f.rule))

    def mean(values: Sequence[float]) -> float:
        return sum(v * h.fixes for v, h in zip(values, lot, strict=True)) / fixes if fixes else 0.0

    return FeedHealth(
        source=lot[0].source,
        time_ms=now_ms,
        newest_fix_ms=max((h.newest_fix_ms for h in lot if h.newest_fix_ms is not None), default=None),
        fixes=fixes,
        vehicles=vehicles,
        vehicles_live=live,
        delay_p50_s=mean([h.delay_p50_s for h in lot]),
        quality=Quality(
            correct=min(1.0, mean([h.quality.correct for h in lot])),
            complete=min(1.0, mean([h.quality.complete for h in lot])),
            clean=min(1.0, mean([h.quality.clean for h in lot])),
            live=min(1.0, live / vehicles) if vehicles else 0.0,
        ),
        verdicts=dict(sorted(verdicts.items())),
        worst=max(lot, key=lambda h: h.fixes).worst,
        at_fault=tuple(faults[:MOST_AT_FAULT]),
    )
