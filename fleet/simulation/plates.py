"""Which of a city's own vehicles drives which block: the roster's plates of a route go to its blocks in order."""

from collections.abc import Mapping

from fleet.gtfs import Timetable


def plates_of_blocks(timetable: Timetable, roster: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Give blocks the vehicles a roster names for their route.

    Parameters
    ----------
    timetable : Timetable
        The city's timetable; trips without a block get nothing.
    roster : mapping of str to frozenset of str
        Vehicle id → the ids of the routes it works.

    Returns
    -------
    dict of str to str
        Block → vehicle, the same whatever day is asked for; blocks beyond the roster are left out, and no vehicle
        has two.
    """
    blocks: dict[str, set[str]] = {}
    for block, number in zip(timetable.trip_block, timetable.trip_route, strict=True):
        if block:
            blocks.setdefault(timetable.route_ids[number], set()).add(block)
    vehicles: dict[str, list[str]] = {}
    for vehicle, routes in sorted(roster.items()):
        for route in routes & blocks.keys():
            vehicles.setdefault(route, []).append(vehicle)
    given: dict[str, str] = {}
    taken: set[str] = set()
    for route in sorted(blocks):
        free = [vehicle for vehicle in vehicles.get(route, ()) if vehicle not in taken]
        pairs = dict(zip((block for block in sorted(blocks[route]) if block not in given), free, strict=False))
        given |= pairs
        taken |= set(pairs.values())
    return given
