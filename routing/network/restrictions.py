"""What OpenStreetMap says of turns that are forbidden or the only ones allowed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from routing.network.vehicles import EVERYBODY, Vehicle

DAY_MIN = 24 * 60
# Whom the part behind the colon means; goods vehicles are nobody here.
NAMED: dict[str, Vehicle] = {
    "motor_vehicle": EVERYBODY,
    "vehicle": EVERYBODY,
    "motorcar": Vehicle.CAR,
    "motorcycle": Vehicle.MOTORBIKE,
    "bus": Vehicle.BUS,
    "psv": Vehicle.BUS,
}
WINDOW = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
CONDITION = re.compile(r"^\s*(?:no|only)_\w+\s*@\s*\(?([\d:,\s-]+)\)?\s*$")


class Window(NamedTuple):
    """Minutes of the day: from the first to before the second."""

    from_min: int
    to_min: int


WHOLE_DAY = Window(0, DAY_MIN)


@dataclass(frozen=True, slots=True)
class Restriction:
    """From a way over a node, or over ways, into a way: forbidden, or with ``only`` the one way on.

    A ``no_entry`` has several ways it comes from, a ``no_exit`` several it leads to.
    """

    from_ways: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    only: bool
    users: Vehicle
    windows: tuple[Window, ...]


def is_restriction(tags: Mapping[str, str]) -> bool:
    """Tell whether a relation speaks of turns."""
    return tags.get("type", "").split(":")[0] == "restriction"


def read_restrictions(tags: Mapping[str, str], members: Sequence[tuple[str, str, int]]) -> list[Restriction] | None:
    """Read one relation.

    Parameters
    ----------
    tags : Mapping of str to str
        Its tags.
    members : sequence of (role, type, id)
        Its members; type is ``"n"``, ``"w"`` or ``"r"``.

    Returns
    -------
    list of Restriction or None
        Empty if it means no vehicle of ours; ``None`` if it cannot be understood.
    """
    of = {role: tuple(ref for r, kind, ref in members if (r, kind) == (role, "w")) for role in ("from", "via", "to")}
    nodes = [ref for role, kind, ref in members if (role, kind) == ("via", "n")]
    if not of["from"] or not of["to"] or (len(nodes) == 1) == bool(of["via"]) or len(nodes) > 1:
        return None
    found = []
    for value, users, windows in _rules(tags):
        if windows is None or not value.startswith(("no_", "only_")):
            return None
        if users:
            only = value.startswith("only_")
            via = nodes[0] if nodes else None
            found.append(Restriction(of["from"], via, of["via"], of["to"], only, users, windows))
    return found


def _rules(tags: Mapping[str, str]) -> Iterator[tuple[str, Vehicle, tuple[Window, ...] | None]]:
    """Yield what is said, to whom, and when; ``None`` for hours that cannot be understood."""
    spared = Vehicle(0)
    for word in tags.get("except", "").split(";"):
        spared |= NAMED.get(word.strip(), Vehicle(0))
    closer = Vehicle(0)
    for key in tags:
        if key.startswith("restriction:") and not key.endswith(":conditional"):
            closer |= NAMED.get(key.split(":")[1], Vehicle(0))
    for key, value in tags.items():
        head, *rest = key.split(":")
        if head != "restriction":
            continue
        conditional = bool(rest) and rest[-1] == "conditional"
        names = rest[:-1] if conditional else rest
        users = NAMED.get(names[0], Vehicle(0)) if names else EVERYBODY & ~closer
        yield value, users & ~spared, _windows(value) if conditional else (WHOLE_DAY,)


def _windows(text: str) -> tuple[Window, ...] | None:
    """Read the hours of ``no_left_turn @ (06:00-09:00,16:00-19:30)``; one past midnight becomes two."""
    said = CONDITION.match(text)
    if said is None:
        return None
    windows: list[Window] = []
    for part in said[1].split(","):
        hours = WINDOW.fullmatch(part.strip())
        if hours is None:
            return None
        begin, end = (int(hours[i]) * 60 + int(hours[i + 1]) for i in (1, 3))
        if begin >= end:
            windows.append(Window(begin, DAY_MIN))
            begin = 0
        windows.append(Window(begin, min(end, DAY_MIN)))
    return tuple(w for w in windows if w.from_min < w.to_min)
