"""What each kind of incident is called in each format; a kind that is not here is a hazard on the road."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One kind in the words of the formats: DATEX II (type of record and its own element), Waze CIFS, CAP."""

    datex: tuple[str, str, str]
    cifs: tuple[str, str] | None
    cap_category: str
    cap_severity: str = "Moderate"


QUEUE = Said(("AbnormalTraffic", "abnormalTrafficType", "slowTraffic"), None, "Transport", "Minor")
HAZARD = Said(("GeneralObstruction", "obstructionType", "hazardsOnTheRoad"), ("HAZARD", "HAZARD_ON_ROAD"), "Transport")
KINDS: dict[str, Said] = {
    "unusual_slowness": QUEUE,
    "slow_traffic": QUEUE,
    "standstill": Said(("AbnormalTraffic", "abnormalTrafficType", "stationaryTraffic"), None, "Transport"),
    "accident": Said(("Accident", "accidentType", "accident"), ("ACCIDENT", "ACCIDENT_MAJOR"), "Transport"),
    "flood": Said(
        ("EnvironmentalObstruction", "environmentalObstructionType", "flooding"),
        ("HAZARD", "HAZARD_WEATHER_FLOOD"), "Met", "Severe",
    ),
    "fallen_tree": Said(
        ("EnvironmentalObstruction", "environmentalObstructionType", "fallenTrees"),
        ("HAZARD", "HAZARD_ON_ROAD_OBJECT"), "Transport",
    ),
    "broken_down_vehicle": Said(
        ("GeneralObstruction", "obstructionType", "obstructionOnTheRoad"), ("HAZARD", "HAZARD_ON_ROAD_CAR_STOPPED"),
        "Transport",
    ),
    "fire": Said(
        ("EnvironmentalObstruction", "environmentalObstructionType", "seriousFire"),
        ("HAZARD", "HAZARD_ON_ROAD"), "Fire", "Severe",
    ),
}  # fmt: skip


def said_of(kind: str) -> Said:
    """Return the words for a kind of incident."""
    return KINDS.get(kind, HAZARD)
