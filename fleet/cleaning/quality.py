"""Đúng, đủ, sạch, sống: four scores of a vehicle and of a source, from what the rules said."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleet.cleaning.clocks import Skew, SourceClock
from fleet.cleaning.recent import Recent
from schemas.feed import FeedHealth
from schemas.fix import Fix
from schemas.position import Quality
from schemas.text import Text

LIVE_MS = 90_000
GONE_MS = 600_000
WRONG = frozenset({"null_island", "swapped_axes", "flipped_sign", "outside_area", "impossible_jump", "future", "stale"})
UNCLEAN = frozenset({"duplicate", "late", "repeated_position"})
MEMORY = 0.95
WORDS = {
    "null_island": Text(vi="{n} bản tin không có toạ độ (0, 0)", en="{n} reports without a position (0, 0)"),
    "future": Text(vi="{n} bản tin có giờ ở tương lai", en="{n} reports from the future"),
    "stale": Text(vi="{n} bản tin cũ hơn một giờ", en="{n} reports older than an hour"),
    "swapped_axes": Text(vi="{n} bản tin đảo kinh độ và vĩ độ", en="{n} reports with longitude and latitude swapped"),
    "flipped_sign": Text(vi="{n} bản tin sai dấu kinh độ hoặc vĩ độ", en="{n} reports with a flipped sign"),
    "outside_area": Text(vi="{n} bản tin ở ngoài thành phố", en="{n} reports outside the city"),
    "duplicate": Text(vi="{n} bản tin trùng lặp", en="{n} repeated reports"),
    "late": Text(vi="{n} bản tin đến sai thứ tự", en="{n} reports out of order"),
    "impossible_jump": Text(vi="{n} bước nhảy vị trí phi lý", en="{n} impossible jumps"),
    "repeated_position": Text(vi="{n} vị trí bị treo", en="{n} frozen positions"),
}


@dataclass(slots=True)
class VehicleQuality:
    """Running scores of one vehicle; each fix counts a twentieth."""

    correct: float = 1.0
    complete: float = 1.0
    clean: float = 1.0

    def take(self, fix: Fix, rules: tuple[str, ...]) -> None:
        """Count one fix and what the rules said about it."""
        told = (fix.speed_mps is not None) + (fix.heading_deg is not None or fix.speed_mps == 0.0)
        self.correct = MEMORY * self.correct + (1 - MEMORY) * (not WRONG.intersection(rules))
        self.clean = MEMORY * self.clean + (1 - MEMORY) * (not UNCLEAN.intersection(rules))
        self.complete = MEMORY * self.complete + (1 - MEMORY) * (0.5 + 0.25 * told)

    def scores(self, age_ms: int) -> Quality:
        """Return the four scores; ``live`` falls from 1 at 90 s to 0 at ten minutes of age."""
        live = min(1.0, max(0.0, 1.0 - (age_ms - LIVE_MS) / (GONE_MS - LIVE_MS)))
        return Quality(
            correct=round(self.correct, 3),
            complete=round(self.complete, 3),
            clean=round(self.clean, 3),
            live=round(live, 3),
        )


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
        delay_s = max(0.0, (fix.received_ms - fix.time_ms) / 1000.0)
        self.recent.take(fix.received_ms, fix.vehicle_id, delay_s, told=told, rules=rules)
        self.clock.take(fix.vehicle_id, fix.time_ms, fix.received_ms)
        if accepted:
            self.newest_ms = max(self.newest_ms or 0, fix.time_ms)

    def health(self, now_ms: int, vehicles_live: int) -> FeedHealth:
        """Return the health of the source at a moment."""
        recent = self.recent.counts(now_ms)
        verdicts, count, vehicles = recent.rules, recent.fixes, len(recent.vehicles)
        share = 1.0 / count if count else 0.0
        quality = Quality(
            correct=1.0 - share * sum(n for rule, n in verdicts.items() if rule in WRONG) if count else 0.0,
            complete=share * recent.told,
            clean=max(0.0, 1.0 - share * sum(n for rule, n in verdicts.items() if rule in UNCLEAN)) if count else 0.0,
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
            worst=_clock_text(self.clock.skew(now_ms)) or _worst(verdicts, count, self.newest_ms, now_ms),
        )


def _clock_text(skew: Skew | None) -> Text | None:
    if skew is None or not skew.is_wrong:
        return None
    size = f"{abs(skew.skew_s):,.0f}"
    if skew.skew_s > 0.0:
        return Text(vi=f"đồng hồ của nguồn chạy nhanh {size} giây", en=f"the clock of the source is {size} s ahead")
    vi = f"đồng hồ của nguồn chạy chậm {size} giây, hoặc bản tin luôn đến muộn như vậy"
    return Text(vi=vi, en=f"the clock of the source is {size} s behind, or its reports are always so late")


def _worst(verdicts: Mapping[str, int], count: int, newest_ms: int | None, now_ms: int) -> Text | None:
    if newest_ms is None or now_ms - newest_ms > LIVE_MS:
        minutes = "?" if newest_ms is None else round((now_ms - newest_ms) / 60_000)
        return Text(vi=f"không có bản tin mới trong {minutes} phút", en=f"no new report for {minutes} min")
    if not verdicts:
        return None
    rule, number = max(verdicts.items(), key=lambda item: (item[1], item[0]))
    if number * 100 < count:
        return None
    return Text(vi=WORDS[rule].vi.format(n=number), en=WORDS[rule].en.format(n=number))
