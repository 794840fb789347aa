"""What no later stage could use: named here, with what the sender can mend. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from schemas.fix import Fix
from schemas.message import encode
from services.recordings import Item, OtherMessage, Refusal

MAX_AHEAD_MS = 24 * 3600 * 1000
MAX_BEHIND_MS = 15 * 365 * 24 * 3600 * 1000  # below the 19.6 years by which a receiver's week number rolls over
NULL_ISLAND_DEG = 0.01  # about 1 km around 0, 0 in the Gulf of Guinea, where no bus runs
CITY_MARGIN_DEG = 0.5

Bbox = tuple[float, float, float, float]
Fault = tuple[str, str, str]  # field, reason, how to mend it


@dataclass(frozen=True)
class Verdict:
    """What a body held: good fixes in their order, what was refused, and messages that are no positions."""

    fixes: Sequence[Fix]
    refusals: Sequence[Refusal]
    others: Sequence[OtherMessage] = ()

    @property
    def count(self) -> int:
        """How many records the body held."""
        return len(self.fixes) + len(self.refusals) + len(self.others)


def judge(
    items: Iterable[Item],
    now_ms: int,
    bbox: Bbox | None = None,
    find_fault: Callable[[Fix], Fault | None] | None = None,
) -> Verdict:
    """Part the fixes later stages can use from the rest.

    Parameters
    ----------
    items : iterable of Fix, Refusal or OtherMessage
        What a parser made of a body, one entry a record.
    now_ms : int
        The city's time.
    bbox : tuple of four floats, optional
        The city: west, south, east, north in degrees.
    find_fault : callable
        What else may be wrong with a fix that is right in itself.

    Returns
    -------
    Verdict
        Each item once.
    """
    fixes: list[Fix] = []
    refusals: list[Refusal] = []
    others: list[OtherMessage] = []
    for index, item in enumerate(items):
        if isinstance(item, OtherMessage):
            others.append(item)
            continue
        if isinstance(item, Refusal):
            refusals.append(item)
            continue
        refusal = find_refusal(index, item, now_ms, bbox)
        if refusal is None and find_fault is not None and (fault := find_fault(item)) is not None:
            refusal = Refusal(index, item.vehicle_id, *fault, original=encode(item))
        if refusal is None:
            fixes.append(item)
        else:
            refusals.append(refusal)
    return Verdict(fixes, refusals, others)


def find_refusal(index: int, fix: Fix, now_ms: int, bbox: Bbox | None = None) -> Refusal | None:
    """Say why a fix inside all ranges is unusable all the same, or nothing.

    Parameters
    ----------
    index : int
        Its place in the body.
    fix : Fix
        A checked fix.
    now_ms : int
        The city's time.
    bbox : tuple of four floats, optional
        The city: west, south, east, north in degrees.

    Returns
    -------
    Refusal or None
        ``None`` for a fix that later stages can judge themselves.
    """
    fault = _place_fault(fix.lon, fix.lat, bbox) or _time_fault(fix.time_ms, now_ms)
    if fault is None:
        return None
    return Refusal(index, fix.vehicle_id, *fault, original=encode(fix))


def _place_fault(lon: float, lat: float, bbox: Bbox | None) -> Fault | None:
    if abs(lon) < NULL_ISLAND_DEG and abs(lat) < NULL_ISLAND_DEG:
        return "lon", "position is 0, 0: the receiver had no fix", "send a report once the receiver has a fix"
    if bbox is not None and not _inside(lon, lat, bbox) and _inside(lat, lon, bbox):
        reason = f"longitude {lon:.5f} and latitude {lat:.5f} look swapped: the other way round they lie in the city"
        return "lon", reason, "send x = longitude first, y = latitude second"
    return None


def _inside(lon: float, lat: float, bbox: Bbox) -> bool:
    west, south, east, north = bbox
    margin = CITY_MARGIN_DEG
    return west - margin <= lon <= east + margin and south - margin <= lat <= north + margin


def _time_fault(time_ms: int, now_ms: int) -> Fault | None:
    if time_ms < now_ms - MAX_BEHIND_MS:
        years = (now_ms - time_ms) / 3_600_000 / 24 / 365.25
        reason = f"time is {years:.1f} years before the city's clock"
        return "time_ms", reason, "set the sender's clock (19.6 years: its receiver's week number rolled over)"
    if time_ms <= now_ms + MAX_AHEAD_MS:
        return None
    ahead_h = (time_ms - now_ms) / 3_600_000
    reason = f"time is {ahead_h:,.0f} h ahead of the city's clock"
    return "time_ms", reason, "set the sender's clock; send seconds since 1970, UTC"
