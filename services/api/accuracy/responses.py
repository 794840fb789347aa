"""What the API says about how right arrivals were."""

from collections.abc import Iterable
from typing import Any

from fleet.arrivals.score import EAB_BINS_S
from services.api.accuracy.tally import KEEP_MS, Count
from services.api.responses import Model, RouteHit
from services.api.routes.responses import route_hit
from services.api.timetable import CityTimetable

FEW_ANSWERS = 30


class RightOut(Model):
    """Shares of the answers, ``None`` of none; ``late_s`` is how much later than said buses came, on average."""

    answers: int
    accurate: float | None
    covered: float | None
    missed: float | None
    late_s: float | None


class BinOut(RightOut):
    """Answers given so many seconds before the bus came."""

    from_s: int
    to_s: int


class LineRightOut(RightOut):
    """Answers about one line."""

    route: RouteHit


class AccuracyOut(Model):
    """How right arrivals were; ``accurate`` is the mean of the four bins, as the ETA Accuracy Benchmark has it.

    ``lines`` are those with at least 30 answers, the least accurate first.
    """

    now_ms: int
    hours: float
    accurate: float | None
    all: RightOut
    bins: list[BinOut]
    lines: list[LineRightOut]


def accuracy_out(
    counts: Iterable[tuple[str, int, Count]], timetable: CityTimetable, *, now_ms: int, hours: float
) -> AccuracyOut:
    """Sum up what was counted.

    Parameters
    ----------
    counts : iterable of (str, int, Count)
        Line, bin and count.
    timetable : CityTimetable
        Gives lines their names.
    now_ms : int
        The city's time.
    hours : float
        What span the counts are of.

    Returns
    -------
    AccuracyOut
        All, by time ahead, and by line.
    """
    whole, bins, lines = Count(), [Count() for _ in EAB_BINS_S], dict[str, Count]()
    for route_id, number, count in counts:
        for total in (whole, bins[number], lines.setdefault(route_id, Count())):
            total.add(count)
    by_bin = [
        BinOut(from_s=low, to_s=high, **_shares(count)) for (low, high), count in zip(EAB_BINS_S, bins, strict=True)
    ]
    known = [one.accurate for one in by_bin if one.accurate is not None]
    hits = {hit.route_id: hit for hit in (route_hit(timetable, n) for n in range(_routes(timetable)))}
    by_line = [
        LineRightOut(route=hits[route_id], **_shares(count))
        for route_id, count in lines.items()
        if route_id in hits and count.answers >= FEW_ANSWERS
    ]
    by_line.sort(key=lambda line: (line.accurate or 0.0, line.route.short_name))
    return AccuracyOut(
        now_ms=now_ms,
        hours=min(hours, KEEP_MS / 3_600_000),
        accurate=sum(known) / len(known) if known else None,
        all=RightOut(**_shares(whole)),
        bins=by_bin,
        lines=by_line,
    )


def _routes(timetable: CityTimetable) -> int:
    return 0 if timetable.table is None else len(timetable.table.route_ids)


def _shares(count: Count) -> dict[str, Any]:
    def share(part: float) -> float | None:
        return round(part / count.answers, 3) if count.answers else None

    return {
        "answers": count.answers,
        "accurate": share(count.accurate),
        "covered": share(count.covered),
        "missed": share(count.missed),
        "late_s": share(count.late_s),
    }
