"""Why a prediction says what it says, in one sentence that names the place where most of the time goes."""

from functools import lru_cache

from fleet.arrivals.features import NEXT_TRIP, WAITING
from schemas.text import Text

ON_TIME_S = 60.0
STANDS_S = 120.0
OLD_S = 90.0


@lru_cache(maxsize=65536)
def reason_of(
    kind: int, late: int | None, stands: int, waits: int, lost: int, place: str, old: int, first: str, told: int = -1
) -> Text:
    """Return the reason of a trip's predictions, Vietnamese and English.

    Parameters
    ----------
    kind : int
        Whether the bus moves, waits at its first stop, or still runs the trip before.
    late : int
        Minutes, negative where early; 0 where it is not worth saying, as everywhere here; ``None`` where there is no
        time to be late by.
    stands : int
        Minutes the bus stands.
    waits : int
        Minutes until it leaves its first stop.
    lost : int
        Minutes by which the way ahead is slower than usual.
    place : str
        Where most of them are lost, or where the bus stands.
    old : int
        Age of the report, minutes.
    first : str
        The first stop of the trip.
    told : int
        Age in minutes of the states of roads that tell of what is lost, -1 where buses on the way showed it.

    Returns
    -------
    Text
        Short, with the place where most of the time goes.
    """
    parts = [_where(kind, stands, waits, place, first)]
    if lost:
        parts.append(_lost(lost, place, told))
    if late:
        minutes, vi, en = abs(late), "trễ" if late > 0 else "sớm", "late" if late > 0 else "early"
        parts.append((f"{vi} {minutes} phút", f"{minutes} min {en}"))
    elif late is not None and not lost and not stands:
        parts.append(("đúng giờ", "on time"))
    if old:
        parts.append((f"tin cũ {old} phút", f"the report is {old} min old"))
    return Text(vi="; ".join(vi for vi, _ in parts) + ".", en="; ".join(en for _, en in parts) + ".")


def _lost(lost: int, place: str, told: int) -> tuple[str, str]:
    if told < 0:
        return f"đường chậm trước {place} +{lost} phút", f"slow traffic before {place} +{lost} min"
    vi, en = (f"{told} phút trước", f"{told} min ago") if told else ("vừa đo", "just now")
    return (
        f"kẹt xe trước {place} +{lost} phút (tình trạng đường, {vi})",
        f"traffic jam before {place} +{lost} min (state of the roads, {en})",
    )


def _where(kind: int, stands: int, waits: int, place: str, first: str) -> tuple[str, str]:
    if kind == NEXT_TRIP:
        return (
            f"Xe đang chạy chuyến trước, rời {first} sau khoảng {waits} phút",
            f"The bus still runs the trip before, leaves {first} in about {waits} min",
        )
    if kind == WAITING and waits:
        return f"Xe đang chờ ở bến {first} {waits} phút", f"Waiting at the terminal {first} {waits} min"
    if kind == WAITING:
        return f"Xe sắp rời bến {first}", f"About to leave the terminal {first}"
    if stands:
        return f"Kẹt xe gần {place}: xe đứng {stands} phút", f"Stuck near {place}: standing {stands} min"
    return "Theo vị trí GPS của xe", "From the bus's GPS position"
