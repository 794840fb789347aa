"""What truly happened to single buses that should have been told, kind by kind: from when, and until when."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from fleet.simulation.truth import TrueCall, TruePosition
from services.score.alert_kinds import (
    EARLY_S,
    EARLY_START_S,
    HELD_BACK,
    IN_SERVICE,
    LATE_S,
    ON_DUTY,
    STOOD_MS,
    City,
    Life,
    is_gap,
    list_stood,
)

# Which bus, from when, until when.
Episode = tuple[str, int, int]
# What lasts shorter is nothing to tell of, and two alike things with a shorter break between them are one.
LASTS_MS, BREAK_MS = 120_000, 120_000
SILENT_MS = 300_000


def _stood(city: City) -> Iterator[Episode]:
    for name, begin_ms, end_ms in list_stood(city):
        yield name, begin_ms - STOOD_MS, end_ms


def _runs(name: str, times_ms: Sequence[int]) -> Iterator[Episode]:
    """Yield when something held without a long break, if it lasted."""
    if not times_ms:
        return
    first_ms = times_ms[0]
    for one_ms, next_ms in pairwise([*times_ms, times_ms[-1] + BREAK_MS + 1]):
        if next_ms - one_ms > BREAK_MS:
            if one_ms - first_ms >= LASTS_MS:
                yield name, first_ms, one_ms
            first_ms = next_ms


def _while(city: City, holds: Callable[[TruePosition], bool]) -> Iterator[Episode]:
    for name, life in city.lives.items():
        yield from _runs(name, [one.time_ms for one in life.positions if holds(one)])


def _silent(city: City) -> Iterator[Episode]:
    """Yield the buses in service of which nothing came through for long, up to the moment they were heard again."""
    for name, life in city.lives.items():
        since: int | None = None
        for one in life.positions:
            heard = one.reported and not HELD_BACK & set(one.faults)
            if since is not None and (heard or one.phase != IN_SERVICE):
                if heard and one.time_ms - since > SILENT_MS:
                    yield name, since, one.time_ms
                since = None
            if heard and one.phase == IN_SERVICE:
                since = one.time_ms


def _calls(city: City, tells: Callable[[TrueCall], bool]) -> Iterator[Episode]:
    """Yield the trips on which a bus called as told, from the first such call to the last."""
    for name, life in city.lives.items():
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for call in life.calls:
            if tells(call):
                run, at_ms = (call.trip_id, call.start_date), call.departure_ms
                found[run] = (found.get(run, (at_ms, 0))[0], at_ms)
        yield from ((name, *span) for span in found.values())


def _late_s(call: TrueCall) -> float:
    return (call.departure_ms - call.scheduled_arrival_ms) / 1000.0


def _left_early(city: City) -> Iterator[Episode]:
    for call in city.firsts.values():
        if _late_s(call) <= EARLY_START_S:
            yield call.vehicle_id, call.departure_ms, call.departure_ms


def _drove_on(life: Life, begin_ms: int, end_ms: int) -> bool:
    seen = life.during(begin_ms, end_ms)
    return len({(round(one.lon, 3), round(one.lat, 3)) for one in seen}) > 1


def _frozen(city: City) -> Iterator[Episode]:
    """Yield the receivers that told one place while their bus drove on, on duty."""
    for name, begin_ms, end_ms in _while(city, lambda one: "frozen" in one.faults and one.phase in ON_DUTY):
        if _drove_on(city.lives[name], begin_ms, end_ms):
            yield name, begin_ms, end_ms


TRUE: dict[str, Callable[[City], Iterator[Episode]]] = {
    "stuck": _stood,
    "off_route": lambda city: _while(city, lambda one: one.phase == "detour"),
    "lost": _silent,
    "gps_frozen": _frozen,
    "late": lambda city: _calls(city, lambda call: _late_s(call) >= LATE_S),
    "running_early": lambda city: _calls(city, lambda call: _late_s(call) <= EARLY_S),
    "early_departure": _left_early,
    "big_gap": lambda city: _calls(city, lambda call: is_gap(call, city)),
}


def list_true(kind: str, city: City) -> list[Episode] | None:
    """Return what should have been told of buses that reported, ``None`` where the truth does not know that kind."""
    find = TRUE.get(kind)
    if find is None:
        return None
    heard = {name for name, life in city.lives.items() if any(one.reported for one in life.positions)}
    return sorted(episode for episode in find(city) if episode[0] in heard)
