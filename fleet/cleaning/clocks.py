"""How far the clocks of a source's vehicles are from ours, told from when their reports say and when they came.

A report never comes before it was made, so the smallest (received - reported) of a vehicle is its clock's error plus
the shortest way its reports took. The middle vehicle stands for its source: single wrong clocks do not move it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fleet.cleaning.zone import hours_of, zone_of
from schemas.text import Text

WINDOW_MS = 300_000
MAX_VEHICLES = 20_000
AHEAD_MS = 5_000  # nothing is received before it was reported: more than jitter of our own clock
BEHIND_MS = 120_000  # a tracker's server may hold reports back so long, by the rules of the trade
STEADY_MS = 60_000  # a clock's error stays; a backlog's age does not


@dataclass(frozen=True, slots=True)
class Skew:
    """The state of a source's clocks: ``skew_s`` is positive where they are ahead of ours.

    ``vehicles`` were heard in the last two windows; ``off`` of them are more than two minutes from the middle one.
    """

    skew_s: float
    vehicles: int
    off: int
    steady: bool

    @property
    def is_wrong(self) -> bool:
        """Whether the clocks, not the ways of the reports, must be at fault."""
        return self.skew_s > 0.0 or (self.skew_s < 0.0 and self.steady)

    @property
    def zone_ms(self) -> int | None:
        """How many whole or half hours a wrong clock is ahead, ``None`` where it is off by anything else."""
        return zone_of(self.skew_s * 1000) if self.is_wrong else None

    def describe(self, vi: str, en: str) -> Text:
        """Say it in one sentence, and how to mend it; ``vi`` and ``en`` are whose clock it is."""
        if self.zone_ms is not None:
            return _zone_text(vi, en, self.zone_ms)
        size = f"{abs(self.skew_s):,.0f}"
        dotted = size.replace(",", ".")
        if self.skew_s > 0.0:
            return Text(vi=f"đồng hồ của {vi} chạy nhanh {dotted} giây", en=f"the clock of {en} is {size} s ahead")
        if self.skew_s < 0.0 and self.steady:
            return Text(
                vi=f"đồng hồ của {vi} chạy chậm {dotted} giây, hoặc bản tin luôn đến muộn như vậy",
                en=f"the clock of {en} is {size} s behind, or its reports are always so late",
            )
        if self.skew_s < 0.0:
            return Text(vi=f"bản tin của {vi} đến muộn {dotted} giây", en=f"the reports of {en} come {size} s late")
        return Text(vi=f"đồng hồ của {vi} chạy đúng", en=f"the clock of {en} is right")


def _zone_text(vi: str, en: str, zone_ms: int) -> Text:
    """Name the offset and the two ways to mend it."""
    vi_hours, en_hours = hours_of(zone_ms)
    vi_way, en_way = ("nhanh", "ahead") if zone_ms > 0 else ("chậm", "behind")
    offset = f"clock_offset_s: {zone_ms // 1000}"
    return Text(
        vi=f"giờ của {vi} {vi_way} đúng {vi_hours}: sai múi giờ? Yêu cầu gửi giờ UTC, hoặc đặt {offset} cho nguồn",
        en=f"the clock of {en} is {en_hours} {en_way}: another time zone? Have it send UTC, or set its {offset}",
    )


@dataclass(slots=True)
class _Lags:
    window: int
    now_ms: int
    before_ms: int | None = None

    def best_ms(self) -> int:
        return self.now_ms if self.before_ms is None else min(self.now_ms, self.before_ms)


@dataclass(slots=True)
class SourceClock:
    """The smallest lag of each vehicle of one source, in this window and the one before."""

    _lags: dict[str, _Lags] = field(default_factory=dict)
    _window: int = 0
    _swept: int = 0

    def take(self, vehicle_id: str, time_ms: int, received_ms: int) -> None:
        """Count one report.

        Parameters
        ----------
        vehicle_id : str
            Its vehicle.
        time_ms : int
            When it says it was made.
        received_ms : int
            When it came.
        """
        window, lag_ms = received_ms // WINDOW_MS, received_ms - time_ms
        self._window = max(self._window, window)
        known = self._lags.get(vehicle_id)
        if known is None:
            if len(self._lags) < MAX_VEHICLES or self._make_room():
                self._lags[vehicle_id] = _Lags(window, lag_ms)
        elif window > known.window:
            before_ms = known.now_ms if window == known.window + 1 else None
            known.window, known.now_ms, known.before_ms = window, lag_ms, before_ms
        elif lag_ms < known.now_ms:
            known.now_ms = lag_ms

    def _make_room(self) -> bool:
        if self._swept == self._window:  # once a window: a flood of names must not cost a sweep each
            return False
        self._swept = self._window
        self._lags = {name: lags for name, lags in self._lags.items() if lags.window >= self._window - 1}
        return len(self._lags) < MAX_VEHICLES

    def skew(self, now_ms: int) -> Skew | None:
        """Estimate the skew from the last two windows, ``None`` where nothing came.

        Parameters
        ----------
        now_ms : int
            The time of the clock that ``received_ms`` was read from.

        Returns
        -------
        Skew or None
            0 s where the smallest lags are ordinary delays.
        """
        window = now_ms // WINDOW_MS
        live = [lags for lags in self._lags.values() if lags.window >= window - 1]
        if not live:
            return None
        lags_ms = sorted(lags.best_ms() for lags in live)
        middle_ms = _middle(lags_ms)
        ordinary = -AHEAD_MS <= middle_ms <= BEHIND_MS
        twice = [lags for lags in live if lags.before_ms is not None]
        steady = sum(abs(lags.now_ms - (lags.before_ms or 0)) < STEADY_MS for lags in twice)
        return Skew(
            skew_s=0.0 if ordinary else -middle_ms / 1000.0,
            vehicles=len(live),
            off=sum(abs(lag_ms - middle_ms) > BEHIND_MS for lag_ms in lags_ms),
            steady=bool(twice) and steady * 2 > len(twice),
        )

    def list_off(self, now_ms: int, most: int = 20) -> list[tuple[str, float]]:
        """List vehicles whose clocks differ from their source's middle one by more than two minutes, worst first.

        Parameters
        ----------
        now_ms : int
            As for `skew`.
        most : int
            How many to list.

        Returns
        -------
        list of tuple of str and float
            Vehicle, and seconds it is ahead of ours.
        """
        window = now_ms // WINDOW_MS
        live = {name: lags.best_ms() for name, lags in self._lags.items() if lags.window >= window - 1}
        if not live:
            return []
        middle_ms = _middle(sorted(live.values()))
        off = [(name, -lag / 1000.0) for name, lag in live.items() if abs(lag - middle_ms) > BEHIND_MS]
        return sorted(off, key=lambda item: -abs(item[1] + middle_ms / 1000.0))[:most]


def _middle(lags_ms: Sequence[int]) -> int:
    """Return the middle one of sorted lags; of two that of the better clock: one of two buses is not its source."""
    return min(lags_ms[(len(lags_ms) - 1) // 2], lags_ms[len(lags_ms) // 2], key=abs)
