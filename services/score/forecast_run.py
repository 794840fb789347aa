"""Let the forecast of the living system and simple rules see a table slot by slot, and note what each says."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from routing.forecast import HORIZONS_S, Forecaster, Moment
from routing.network.graph import Floats
from services.score.past_days import SLOTS, PastDays
from services.score.speed_table import STEP_S, SpeedTable

OURS, AVERAGE, MEDIAN, LAST = "ours", "historical_average", "historical_median", "last_value"
AHEAD = tuple(h // STEP_S for h in HORIZONS_S)
# The last value stands for now as long as it is no older than so many slots.
FRESH = 3


@dataclass
class Said:
    """What was said by name of a rule, shape (horizons, slots of whole days, places), of the slot it is about."""

    rules: dict[str, Floats]
    low: dict[int, Floats] = field(default_factory=dict)  # by level in per cent
    high: dict[int, Floats] = field(default_factory=dict)


@dataclass
class Told:
    """What a living system told, by the local slot that it was about: speed, low and high of each horizon and place."""

    speed: dict[tuple[int, int], tuple[Floats, Floats, Floats]]


def run_forecast(
    table: SpeedTable, past: PastDays, free: Floats, progress: Callable[[int], object] = bool, told: Told | None = None
) -> Said:
    """Return what is said of every slot from what was known a horizon before, learning as the days go by.

    Parameters
    ----------
    table : SpeedTable
        Whose places have neighbours.
    past : PastDays
        Its days.
    free : ndarray, shape (places,)
        Free speeds.
    progress : callable
        Told when a day begins.
    told : Told, optional
        What was told already and is ours here; nothing is forecast then.

    Returns
    -------
    Said
        NaN where nothing could be said.
    """
    count, places = len(past.days) * SLOTS, len(free)
    shape = (len(AHEAD), count + max(AHEAD), places)
    said = Said({name: np.full(shape, np.nan) for name in (OURS, AVERAGE, MEDIAN, LAST)})
    levels = (80, 90) if told is None else (90,)
    said.low, said.high = ({level: np.full(shape, np.nan) for level in levels} for _ in range(2))
    forecaster = Forecaster(table.neighbours, np.zeros(places, dtype=np.int64))
    last = np.full(places, np.nan)
    age = np.full(places, FRESH + 1)
    for slot in range(count):
        if slot % SLOTS == 0:
            progress(slot // SLOTS)
            age[:] = age if past.is_next(slot // SLOTS) else FRESH + 1
        now = past.days[slot // SLOTS, slot % SLOTS]
        heard = ~np.isnan(now)
        last, age = np.where(heard, now, last), np.where(heard, 0, age + 1)
        _say_simple(said, past, slot, np.where(age <= FRESH, last, np.nan))
        if told is None:
            _say_ours(said, forecaster, slot, _moment(past, slot, now, free), free)
    if told is not None:
        _say_told(said, told)
    rules = {name: rows[:, :count] for name, rows in said.rules.items()}
    low, high = ({level: rows[:, :count] for level, rows in part.items()} for part in (said.low, said.high))
    return Said(rules, low, high)


def _say_simple(said: Said, past: PastDays, slot: int, last: Floats) -> None:
    for number, ahead in enumerate(AHEAD):
        average, median = _usual(past, slot, slot + ahead)
        said.rules[AVERAGE][number, slot + ahead] = average
        said.rules[MEDIAN][number, slot + ahead] = median
        said.rules[LAST][number, slot + ahead] = last


def _say_told(said: Said, told: Told) -> None:
    for (number, about), (speed, low, high) in told.speed.items():
        if about < said.rules[OURS].shape[1]:
            said.rules[OURS][number, about], said.low[90][number, about], said.high[90][number, about] = (
                speed,
                low,
                high,
            )


def _say_ours(said: Said, forecaster: Forecaster, slot: int, moment: Moment, free: Floats) -> None:
    found = forecaster.step(moment)
    for number, ahead in enumerate(AHEAD):
        speed = found.speed[number]
        said.rules[OURS][number, slot + ahead] = speed * free
        for level in said.low:
            low, high = forecaster.horizons[number].spread.bounds(speed, level / 100)
            said.low[level][number, slot + ahead] = (speed + np.minimum(low, 0.0)) * free
            said.high[level][number, slot + ahead] = (speed + np.maximum(high, 0.0)) * free


def _usual(past: PastDays, known: int, about: int) -> tuple[Floats, Floats]:
    """Return what was usual, by days over at one slot, at another, which may lie in the day after."""
    mean, median = past.usual(known // SLOTS, about // SLOTS)
    return mean[about % SLOTS], median[about % SLOTS]


def _moment(past: PastDays, slot: int, now: Floats, free: Floats) -> Moment:
    cold = 0.9  # of the free speed: what is expected of a place that nobody saw yet
    usual, *ahead = (
        np.nan_to_num(_usual(past, slot, about)[1] / free, nan=cold) for about in (slot, *(slot + n for n in AHEAD))
    )
    day = slot // SLOTS
    doubt = np.full(len(free), 1.0 / (1.0 + len(past.alike(day, day))))
    share = now / free
    time_ms = past.day_ms(day) + slot % SLOTS * STEP_S * 1000
    return Moment(time_ms, share, usual, np.stack(ahead), doubt, share, np.ones(len(free)))


def free_speeds(past: PastDays, days: int) -> Floats:
    """Return the speed that 15 % of a place's values reach in the first days, of all places where it has none."""
    values = past.days[:days].reshape(-1, past.days.shape[2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of places that nobody saw
        free = np.nanpercentile(values, 85, axis=0)
    return np.asarray(np.where(np.isnan(free), np.nanmedian(free), free))
