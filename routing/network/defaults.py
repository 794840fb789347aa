"""What a road is taken to be where the map does not say: Vietnam's limits, usual lanes, usual free speeds."""

from dataclasses import dataclass

KMH = 1 / 3.6


@dataclass(frozen=True, slots=True)
class ClassDefault:
    """What is assumed for one class of road; the limit is the law's, the free speed what traffic drives when alone."""

    limit_mps: float
    free_mps: float
    lanes: int
    min_zoom: int


# Urban limits: 60 km/h on dual carriageways and one-way roads of two lanes or more, 50 km/h on all others.
DEFAULTS: dict[str, ClassDefault] = {
    "motorway": ClassDefault(80 * KMH, 75 * KMH, 2, 9),
    "motorway_link": ClassDefault(50 * KMH, 40 * KMH, 1, 10),
    "trunk": ClassDefault(60 * KMH, 50 * KMH, 2, 9),
    "trunk_link": ClassDefault(50 * KMH, 35 * KMH, 1, 11),
    "primary": ClassDefault(50 * KMH, 42 * KMH, 2, 9),
    "primary_link": ClassDefault(50 * KMH, 32 * KMH, 1, 11),
    "secondary": ClassDefault(50 * KMH, 38 * KMH, 2, 10),
    "secondary_link": ClassDefault(50 * KMH, 30 * KMH, 1, 12),
    "tertiary": ClassDefault(50 * KMH, 34 * KMH, 1, 11),
    "tertiary_link": ClassDefault(50 * KMH, 28 * KMH, 1, 12),
    "busway": ClassDefault(50 * KMH, 40 * KMH, 1, 10),
    "unclassified": ClassDefault(50 * KMH, 28 * KMH, 1, 12),
    "road": ClassDefault(50 * KMH, 25 * KMH, 1, 12),
    "residential": ClassDefault(50 * KMH, 20 * KMH, 1, 13),
    "living_street": ClassDefault(20 * KMH, 12 * KMH, 1, 13),
}
ROAD_CLASSES: tuple[str, ...] = tuple(DEFAULTS)
CLASS_CODE: dict[str, int] = {name: code for code, name in enumerate(ROAD_CLASSES)}
MULTILANE_LIMIT_MPS = 60 * KMH
MULTILANE_CLASSES = frozenset({"primary", "secondary", "tertiary", "unclassified"})


def limit_mps(road_class: str, *, oneway: bool, lanes: int) -> float:
    """Return the legal limit assumed for a road without a ``maxspeed``.

    Parameters
    ----------
    road_class : str
        One of `ROAD_CLASSES`.
    oneway : bool
        Whether the road runs one way, as the halves of a dual carriageway do.
    lanes : int
        Lanes in the direction of travel.

    Returns
    -------
    float
        Metres per second.
    """
    if oneway and lanes >= 2 and road_class in MULTILANE_CLASSES:
        return MULTILANE_LIMIT_MPS
    return DEFAULTS[road_class].limit_mps
