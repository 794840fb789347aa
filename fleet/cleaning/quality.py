"""Đúng, đủ, sạch, sống: four scores of a vehicle and of a source, from what the rules said."""

from dataclasses import dataclass, field
from functools import lru_cache

from fleet.cleaning.clocks import Skew, SourceClock
from fleet.cleaning.one_time import has_one_time
from fleet.cleaning.recent import Counts, Recent
from fleet.cleaning.words import say_worst
from schemas.feed import FeedHealth, VehicleFault
from schemas.fix import Fix
from schemas.position import Quality
from schemas.text import Text

LIVE_MS = 90_000
GONE_MS = 600_000
WRONG = frozenset({
    "week_rollover", "zone_ahead", "null_island", "frozen_clock", "other_zone", "future", "stale", "swapped_axes",
    "flipped_sign", "outside_area", "impossible_jump",
})  # fmt: skip
UNCLEAN = frozenset({"duplicate", "late", "repeated_position", "one_time"})
MOST_AT_FAULT = 10
MEMORY = 0.95


@dataclass(slots=True)
class VehicleQuality:
    """Running scores of one vehicle; each fix counts a twentieth."""

    correct: float = 1.0
    complete: float = 1.0
    clean: float = 1.0

    def take(self, fix: Fix, rules: tuple[str, ...]) -> None:
        """Count one fix and what the rules said about it."""
        told = (fix.speed_mps is not None) + (fix.heading_deg is not None or fix.speed_mps == 0.0)
        self.correct = MEMORY * self.correct + (1 - MEMORY) * (not rules or WRONG.isdisjoint(rules))
        self.clean = MEMORY * self.clean + (1 - MEMORY) * (not rules or UNCLEAN.isdisjoint(rules))
        self.complete = MEMORY * self.complete + (1 - MEMORY) * (0.5 + 0.25 * told)

    def scores(self, age_ms: int) -> Quality:
        """Return the four scores; ``live`` falls from 1 at 90 s to 0 at ten minutes of age."""
        live = min(1.0, max(0.0, 1.0 - (age_ms - LIVE_MS) / (GONE_MS - LIVE_MS)))
        return _quality_of(self.correct, self.complete, self.clean, live)


@lru_cache(maxsize=4096)
def _quality_of(correct: float, complete: float, clean: float, live: float) -> Quality:
    """Return the message of four scores: most buses have those of many others."""
    return Quality(correct=round(correct, 3), complete=round(complete, 3), clean=round(clean, 3), live=round(live, 3))


@dataclass(slots=True)
class SourceQuality:
    """What one source sent in the last ten minutes of event time."""

    source: str
    newest_ms: int | None = None
    recent: Recent = field(default_factory=Recent)
    clock: SourceClock = field(default_factory=SourceClock)

    def take(self, fix: Fix, rules: tuple[str, ...], *, accepted: bool) -> None:
        """Count one fix and what the rules said about it."""
        told = fix.speed_mps is not None
        self.recent.take(fix.received_ms, fix.vehicle_id, fix.time_ms, told=told, rules=rules)
        self.clock.take(fix.vehicle_id, fix.time_ms, fix.received_ms)
        if accepted:
            self.newest_ms = max(self.newest_ms or 0, fix.time_ms)

    def health(self, now_ms: int, vehicles_live: int) -> FeedHealth:
        """Return the health of the source at a moment."""
        recent = self.recent.counts(now_ms)
        if has_one_time(recent):
            recent.rules["one_time"] = recent.fixes
        verdicts, count, vehicles = recent.rules, recent.fixes, len(recent.vehicles)
        share = 1.0 / count if count else 0.0

        def without(rules: frozenset[str]) -> float:  # two may speak of one fix
            return max(0.0, 1.0 - share * sum(n for rule, n in verdicts.items() if rule in rules)) if count else 0.0

        quality = Quality(
            correct=without(WRONG),
            complete=share * recent.told,
            clean=without(UNCLEAN),
            live=min(1.0, vehicles_live / vehicles) if vehicles else 0.0,
        )
        return FeedHealth(
            source=self.source,
            time_ms=now_ms,
            newest_fix_ms=self.newest_ms,
            fixes=count,
            vehicles=vehicles,
            vehicles_live=vehicles_live,
            delay_p50_s=recent.delay_p50_s,
            quality=quality,
            verdicts=dict(sorted(verdicts.items())),
            at_fault=_list_at_fault(recent),
            worst=_clock_text(self.clock.skew(now_ms)) or _worst(recent, self.newest_ms, now_ms),
        )


def _list_at_fault(recent: Counts) -> tuple[VehicleFault, ...]:
    ranked = sorted(recent.at_fault.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        VehicleFault(vehicle_id=name, rule=rule, count=count) for (name, rule), count in ranked[:MOST_AT_FAULT]
    )


def _clock_text(skew: Skew | None) -> Text | None:
    return skew.describe("nguồn", "the source") if skew is not None and skew.is_wrong else None


def _worst(recent: Counts, newest_ms: int | None, now_ms: int) -> Text | None:
    found = say_worst(recent)
    if newest_ms is None or now_ms - newest_ms > LIVE_MS:
        minutes = "?" if newest_ms is None else round((now_ms - newest_ms) / 60_000)
        vi, en = (f": {found.vi}", f": {found.en}") if found is not None else ("", "")
        return Text(vi=f"không có bản tin mới trong {minutes} phút{vi}", en=f"no new report for {minutes} min{en}")
    return found
