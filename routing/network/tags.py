"""What the tags of one OSM way mean for traffic."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.network.access import bus_lanes, list_users
from routing.network.build import Way
from routing.network.defaults import CLASS_CODE, DEFAULTS, KMH, limit_mps
from routing.network.graph import Finding
from routing.network.vehicles import WIDE
from schemas.text import Text

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


def is_road(tags: Mapping[str, str]) -> bool:
    """Tell whether vehicles of any class may drive a way: its class carries traffic and not everything is barred."""
    return tags.get("highway") in DEFAULTS and tags.get("area") != "yes" and any(list_users(tags))


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


def _lanes(tags: Mapping[str, str], oneway: bool, tally: Tally) -> tuple[int, int]:
    """Return the lanes along a way and against it."""
    total = _count(tags.get("lanes"))
    sides = _count(tags.get("lanes:forward")), _count(tags.get("lanes:backward"))
    if total is None and sides == (None, None):
        tally.no_lanes += 1
        return (DEFAULTS[tags["highway"]].lanes,) * 2
    half = 1 if total is None else total if oneway else (total + 1) // 2
    along, against = (half if side is None else side for side in sides)
    return along, against


def _count(text: str | None) -> int | None:
    try:
        return max(1, min(10, int(float((text or "").split(";")[0]))))
    except (ValueError, OverflowError):
        return None


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
    along, against = list_users(tags)
    oneway = bool(along & WIDE) != bool(against & WIDE) or bool(along) != bool(against)
    lanes = _lanes(tags, oneway, tally)
    name = tags.get("name", "")
    tally.nameless += not name
    said = _limit(tags, tally)
    road_class = tags["highway"]
    return Way(
        way_id=way_id,
        nodes=nodes,
        class_code=CLASS_CODE[road_class],
        name=name,
        limit_mps=said or limit_mps(road_class, oneway=oneway, lanes=lanes[0]),
        lanes=lanes,
        users=(along, against),
        oneway=oneway,
        bus_lanes=bus_lanes(tags),
        bridge=tags.get("bridge", "no") != "no",
    )


def _limit(tags: Mapping[str, str], tally: Tally) -> float | None:
    if "maxspeed" not in tags:
        tally.no_limit += 1
        return None
    limit = parse_limit(tags["maxspeed"])
    if limit is None:
        tally.odd_limit += 1
        tally.odd.append(tags["maxspeed"][:20])
    return limit
