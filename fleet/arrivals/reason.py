"""Why a prediction says what it says, in one sentence that names the place where most of the time goes."""

from dataclasses import dataclass
from functools import lru_cache

from schemas.text import Text

ON_TIME_S = 60.0
STANDS_S = 120.0
OLD_S = 90.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a prediction rests on, in whole minutes, as far as it is worth saying; 0 where it is not.

    ``late`` is negative where early, ``stands`` how long the bus stands, ``waits`` until it leaves its first stop,
    ``lost`` by how much the next 20 minutes are slower than usual, most of it before the stop ``place``; ``old`` is the
    age of the report. ``first`` names the first stop of the trip.
    """

    late: int
    stands: int
    waiting: bool
    next_trip: bool
    waits: int
    lost: int
    place: str
    old: int
    first: str


@lru_cache(maxsize=65536)
def reason_of(why: Grounds) -> Text:
    """Return the reason of a trip's predictions, Vietnamese and English.

    Parameters
    ----------
    why : Grounds
        What it rests on.

    Returns
    -------
    Text
        Short, with the place where most of the time goes.
    """
    parts = [_where(why)]
    if why.lost > 0 and why.place:
        parts.append(
            (f"đường chậm trước {why.place} +{why.lost} phút", f"slow traffic before {why.place} +{why.lost} min")
        )
    if why.late:
        minutes = abs(why.late)
        parts.append(
            (
                f"{'trễ' if why.late > 0 else 'sớm'} {minutes} phút",
                f"{minutes} min {'late' if why.late > 0 else 'early'}",
            )
        )
    elif not why.lost and not why.stands:
        parts.append(("đúng giờ", "on time"))
    if why.old:
        parts.append((f"tin cũ {why.old} phút", f"the report is {why.old} min old"))
    return Text(vi="; ".join(vi for vi, _ in parts) + ".", en="; ".join(en for _, en in parts) + ".")


def _where(why: Grounds) -> tuple[str, str]:
    if why.next_trip:
        return (
            f"Xe đang chạy chuyến trước, rời {why.first} sau khoảng {why.waits} phút",
            f"The bus still runs the trip before, leaves {why.first} in about {why.waits} min",
        )
    if why.waiting:
        if why.waits:
            return (
                f"Xe đang chờ ở bến {why.first} {why.waits} phút",
                f"Waiting at the terminal {why.first} {why.waits} min",
            )
        return f"Xe sắp rời bến {why.first}", f"About to leave the terminal {why.first}"
    if why.stands:
        return (
            f"Kẹt xe gần {why.place}: xe đứng {why.stands} phút",
            f"Stuck near {why.place}: standing {why.stands} min",
        )
    return "Theo vị trí GPS của xe", "From the bus's GPS position"
