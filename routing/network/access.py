"""Which vehicles an OSM way lets in, along it and against it."""

from collections.abc import Mapping

from routing.network.vehicles import EVERYBODY, WIDE, Vehicle

CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency"})
OPEN = frozenset({"yes", "designated", "permissive", "destination", "customers", "official"})
# The tag that speaks of a vehicle most closely decides; these follow one another.
KEYS: dict[Vehicle, tuple[str, ...]] = {
    Vehicle.MOTORBIKE: ("motorcycle", "motor_vehicle", "vehicle", "access"),
    Vehicle.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    Vehicle.BUS: ("bus", "psv", "motor_vehicle", "vehicle", "access"),
}
# Vietnam's motorways bar motorbikes; a busway is for buses, unless its tags say more.
BY_CLASS: dict[str, Vehicle] = {"motorway": WIDE, "motorway_link": WIDE, "busway": Vehicle.BUS}
ALONG, AGAINST = frozenset({"yes", "true", "1"}), frozenset({"-1", "reverse"})
BOTH = frozenset({"no", "false", "0"})
CONTRAFLOW = ("busway", "busway:left", "busway:right")


def list_users(tags: Mapping[str, str]) -> tuple[Vehicle, Vehicle]:
    """Tell who may drive a way.

    Parameters
    ----------
    tags : Mapping of str to str
        Its tags; ``highway`` is one of the known classes.

    Returns
    -------
    along, against : Vehicle
        Who may drive it in its own direction, and against it.
    """
    along, against = Vehicle(0), Vehicle(0)
    for vehicle in Vehicle:
        if _may_enter(tags, vehicle):
            forth, back = _directions(tags, vehicle)
            along |= vehicle if forth else Vehicle(0)
            against |= vehicle if back else Vehicle(0)
    return along, against


def _may_enter(tags: Mapping[str, str], vehicle: Vehicle) -> bool:
    for key in KEYS[vehicle]:
        value = tags.get(key)
        if value in OPEN:
            return key != "access" or bool(BY_CLASS.get(tags["highway"], EVERYBODY) & vehicle)
        if value in CLOSED:
            return False
    return bool(BY_CLASS.get(tags["highway"], EVERYBODY) & vehicle)


def _directions(tags: Mapping[str, str], vehicle: Vehicle) -> tuple[bool, bool]:
    words = [tags[f"oneway:{key}"] for key in KEYS[vehicle][:-1] if f"oneway:{key}" in tags]
    word = words[0] if words else tags.get("oneway", "")
    if word in AGAINST:
        return False, True
    implied = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    if word in ALONG or (implied and word not in BOTH):
        opposite = vehicle is Vehicle.BUS and any(tags.get(key) == "opposite_lane" for key in CONTRAFLOW)
        return True, opposite
    return True, True


def bus_lanes(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Tell whether a way has a lane for buses alone: along it, against it."""
    if tags.get("highway") == "busway":
        return True, True
    against = any(tags.get(key) == "opposite_lane" for key in CONTRAFLOW)
    along = any(tags.get(key) == "lane" for key in ("busway", "busway:both", "busway:right"))
    oneway = tags.get("oneway") in ALONG
    left = tags.get("busway:left") == "lane"  # of a one-way road its left kerb, of any other the way back
    along, against = along or (left and oneway), against or (left and not oneway) or (
        not oneway and any(tags.get(key) == "lane" for key in ("busway", "busway:both"))
    )  # fmt: skip
    return along or _has_lane(tags, ("", ":forward")), against or _has_lane(tags, (":backward",))


def _has_lane(tags: Mapping[str, str], sides: tuple[str, ...]) -> bool:
    for kind in ("bus", "psv"):
        for side in sides:
            if "designated" in tags.get(f"{kind}:lanes{side}", "").split("|"):
                return True
            if tags.get(f"lanes:{kind}{side}", "0") not in {"0", ""}:
                return True
    return False
