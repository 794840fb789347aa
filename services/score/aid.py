"""Classic detection of incidents from detectors by the road, as comparison.

California #7 and #8 (Payne & Tignor 1978), standard normal deviate (Dudek, Messer & Nuckles 1974), double exponential
smoothing (Cook & Cleveland 1974) and the single-station McMaster logic (Persaud & Hall 1989). They were made for
freeways; here they see the cameras' flow and occupancy as means of three intervals, a cycle of the signals.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reading:
    """Mean flow (vehicles an interval) and occupancy (0 to 1) of one station at a time."""

    station: str
    time_s: float
    flow: float
    occupancy: float


Alarm = tuple[str, float]
Pairs = Mapping[str, str]
EPS = 1e-3


def smooth(readings: Iterable[Reading], intervals: int = 3) -> list[Reading]:
    """Take running means per station, the favour without which red lights would be incidents."""
    last: dict[str, deque[Reading]] = defaultdict(lambda: deque(maxlen=intervals))
    out = []
    for item in readings:
        rows = last[item.station]
        rows.append(item)
        n = len(rows)
        out.append(
            Reading(item.station, item.time_s, sum(r.flow for r in rows) / n, sum(r.occupancy for r in rows) / n)
        )
    return out


def california(readings: list[Reading], below: Pairs, t1: float, *, waves: bool) -> list[Alarm]:
    """California: OCCDF = up - down >= T1, OCCDF / up >= T2, down < T3, twice in a row.

    Parameters
    ----------
    readings : list of Reading
        In order of time.
    below : mapping
        The station downstream of each.
    t1 : float
        The threshold that is fitted; T2 = 0.4, T3 = 0.3.
    waves : bool
        #8: five minutes of silence after a compression wave, seen as a fall of occupancy below by T5 = 0.3 of it.
    """
    now: dict[str, Reading] = {}
    met: dict[str, int] = defaultdict(int)
    wave: dict[str, float] = {}
    alarms = []
    for item in readings:
        old = now.get(item.station)
        if (
            old is not None
            and (old.occupancy - item.occupancy) / max(old.occupancy, EPS) <= -0.3
            and item.occupancy > 0.3
        ):
            wave[item.station] = item.time_s
        now[item.station] = item
        down = now.get(below.get(item.station, ""))
        if down is None:
            continue
        quiet = waves and item.time_s - wave.get(down.station, -1e9) < 300.0
        gap = item.occupancy - down.occupancy
        holds = gap >= t1 and gap / max(item.occupancy, EPS) >= 0.4 and down.occupancy < 0.3 and not quiet
        met[item.station] = met[item.station] + 1 if holds else 0
        if met[item.station] >= 2:
            alarms.append((item.station, item.time_s))
    return alarms


def standard_normal_deviate(readings: list[Reading], threshold: float, intervals: int = 10) -> list[Alarm]:
    """SND: (occupancy - mean of five minutes until the last interval) / their deviation > threshold, twice in a row."""
    rows: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=intervals + 1))
    met: dict[str, int] = defaultdict(int)
    alarms = []
    for item in readings:
        past = list(rows[item.station])[:intervals]
        if len(past) == intervals:
            mean = sum(past) / intervals
            sd = max(math.sqrt(sum((v - mean) ** 2 for v in past) / intervals), 0.01)
            met[item.station] = met[item.station] + 1 if (item.occupancy - mean) / sd > threshold else 0
            if met[item.station] >= 2:
                alarms.append((item.station, item.time_s))
        rows[item.station].append(item.occupancy)
    return alarms


@dataclass
class _Smooth:
    once: float
    twice: float
    errors: float = 0.0
    deviation: float = 0.02
    seen: int = field(default=0)


def double_exponential(readings: list[Reading], threshold: float, share: float = 0.3) -> list[Alarm]:
    """DES: the sum of errors of a twice smoothed forecast over their mean absolute size > threshold."""
    states: dict[str, _Smooth] = {}
    alarms = []
    for item in readings:
        state = states.setdefault(item.station, _Smooth(item.occupancy, item.occupancy))
        error = item.occupancy - (2 * state.once - state.twice)
        state.errors = 0.9 * state.errors + error
        state.deviation += 0.1 * (abs(error) - state.deviation)
        state.once += share * (item.occupancy - state.once)
        state.twice += share * (state.once - state.twice)
        state.seen += 1
        if state.seen > 10 and state.errors / max(state.deviation, 0.005) > threshold:
            alarms.append((item.station, item.time_s))
    return alarms


def mcmaster(readings: list[Reading], threshold: float, usual: Mapping[str, tuple[float, float]]) -> list[Alarm]:
    """McMaster: occupancy above its critical value with flow below the uncongested line, three in a row.

    ``usual`` has the critical occupancy and the vehicles per occupancy of uncongested flow of each station.
    """
    met: dict[str, int] = defaultdict(int)
    alarms = []
    for item in readings:
        critical, slope = usual.get(item.station, (1.0, 0.0))
        holds = item.occupancy > critical * threshold and item.flow < 0.5 * slope * item.occupancy
        met[item.station] = met[item.station] + 1 if holds else 0
        if met[item.station] >= 3:
            alarms.append((item.station, item.time_s))
    return alarms


def learn_template(readings: list[Reading]) -> dict[str, tuple[float, float]]:
    """Learn the McMaster template of each station: 90th percentile of occupancy, mean flow per occupancy."""
    rows: dict[str, list[Reading]] = defaultdict(list)
    for item in readings:
        rows[item.station].append(item)
    out = {}
    for name, items in rows.items():
        occupancies = sorted(r.occupancy for r in items)
        whole = sum(occupancies)
        out[name] = (max(occupancies[int(0.9 * (len(items) - 1))], 0.02), sum(r.flow for r in items) / max(whole, EPS))
    return out


Rule = Callable[[list[Reading], float], list[Alarm]]


def rules(below: Pairs, template: Mapping[str, tuple[float, float]]) -> dict[str, tuple[Rule, tuple[float, ...]]]:
    """Return every rule with the thresholds that are tried on the hours to learn from."""
    return {
        "california_7": (lambda r, t: california(r, below, t, waves=False), (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)),
        "california_8": (lambda r, t: california(r, below, t, waves=True), (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)),
        "snd": (standard_normal_deviate, (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)),
        "des": (double_exponential, (4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.5)),
        "mcmaster": (lambda r, t: mcmaster(r, t, template), (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0)),
    }
