"""What the tags of one OSM way mean for a bus."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.network.build import Way
from routing.network.defaults import CLASS_CODE, DEFAULTS, KMH, limit_mps
from routing.network.graph import Finding
from schemas.text import Text

CLOSED = frozenset({"no", "private"})
BUS_YES = frozenset({"yes", "designated", "permissive"})
MPH = 0.44704
MAX_LIMIT_MPS = 130 * KMH


@dataclass(slots=True)
class Tally:
    """Counts what was assumed or could not be read while the ways went by."""

    no_limit: int = 0
    odd_limit: int = 0
    no_lanes: int = 0
    nameless: int = 0
    unplaced: int = 0
    odd: list[str] = field(default_factory=list)

    def findings(self, roads: int) -> list[Finding]:
        """Return one finding for each count that is not zero."""
        rows = (
            ("no_limit", self.no_limit,
             f"{self.no_limit} trên {roads} đường không ghi tốc độ tối đa: dùng mức theo loại đường",
             f"{self.no_limit} of {roads} roads state no speed limit: the limit of their class is used"),
            ("odd_limit", self.odd_limit,
             f"{self.odd_limit} tốc độ tối đa không đọc được ({', '.join(self.odd[:5])})",
             f"{self.odd_limit} speed limits could not be read ({', '.join(self.odd[:5])})"),
            ("no_lanes", self.no_lanes,
             f"{self.no_lanes} trên {roads} đường không ghi số làn: dùng số làn theo loại đường",
             f"{self.no_lanes} of {roads} roads state no lanes: the lanes of their class are used"),
            ("nameless", self.nameless,
             f"{self.nameless} trên {roads} đường không có tên",
             f"{self.nameless} of {roads} roads have no name"),
            ("unplaced", self.unplaced,
             f"{self.unplaced} đường bị cắt vì tệp thiếu một số điểm của chúng",
             f"{self.unplaced} roads were cut because the file lacks some of their nodes"),
        )  # fmt: skip
        return [Finding(code, count, Text(vi=vi, en=en)) for code, count, vi, en in rows if count]


def is_bus_road(tags: Mapping[str, str]) -> bool:
    """Tell whether a bus may drive a way: its class carries traffic and nothing bars it."""
    if tags.get("highway") not in DEFAULTS or tags.get("area") == "yes":
        return False
    for key in ("bus", "psv", "motor_vehicle", "motorcar", "access"):
        value = tags.get(key)
        if value in BUS_YES:
            return True
        if value in CLOSED and key != "motorcar":
            return False
    return True


def parse_limit(text: str) -> float | None:
    """Read a ``maxspeed`` tag.

    Parameters
    ----------
    text : str
        For instance ``"50"``, ``"30 mph"``, ``"60;50"`` (the lowest counts).

    Returns
    -------
    float or None
        Metres per second; ``None`` where it says nothing usable.
    """
    values = []
    for part in text.replace("|", ";").split(";"):
        word = part.strip().lower()
        unit = KMH
        if word.endswith("mph"):
            word, unit = word[:-3].strip(), MPH
        word = word.removesuffix("km/h").removesuffix("kmh").strip()
        try:
            speed = float(word) * unit
        except ValueError:
            continue
        if 1.0 <= speed <= MAX_LIMIT_MPS:
            values.append(speed)
    return min(values) if values else None


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Tell in which directions a bus may drive a way: along it, against it."""
    bus = tags.get("oneway:bus") or tags.get("oneway:psv")
    word = bus or tags.get("oneway", "")
    if word in {"-1", "reverse"}:
        return False, True
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    if word in {"yes", "true", "1"} or (implied and word not in {"no", "false", "0"}):
        return True, False
    return True, True


def _lanes(tags: Mapping[str, str], oneway: bool, tally: Tally) -> int:
    try:
        total = int(float(tags["lanes"].split(";")[0]))
    except (KeyError, ValueError):
        tally.no_lanes += 1
        return DEFAULTS[tags["highway"]].lanes
    return max(1, min(total if oneway else (total + 1) // 2, 10))


def make_way(way_id: int, nodes: tuple[int, ...], tags: Mapping[str, str], tally: Tally) -> Way:
    """Turn the tags of one way into a road; what is absent is assumed and counted.

    Parameters
    ----------
    way_id : int
        OSM id.
    nodes : tuple of int
        OSM ids of its nodes, in order.
    tags : Mapping of str to str
        Its tags; ``highway`` is one of the known classes.
    tally : Tally
        Counts what was assumed.

    Returns
    -------
    Way
        The road.
    """
    road_class = tags["highway"]
    forward, backward = directions(tags)
    oneway = forward != backward
    lanes = _lanes(tags, oneway, tally)
    limit = None
    if "maxspeed" in tags:
        limit = parse_limit(tags["maxspeed"])
        if limit is None:
            tally.odd_limit += 1
            tally.odd.append(tags["maxspeed"][:20])
    else:
        tally.no_limit += 1
    name = tags.get("name", "")
    tally.nameless += not name
    return Way(
        way_id=way_id,
        nodes=nodes,
        class_code=CLASS_CODE[road_class],
        name=name,
        limit_mps=limit or limit_mps(road_class, oneway=oneway, lanes=lanes),
        lanes=lanes,
        forward=forward,
        backward=backward,
        bridge=tags.get("bridge", "no") != "no",
    )
