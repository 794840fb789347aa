"""What one bus runs after another: the trips of each block."""

from fleet.gtfs.timetable import Timetable


def chain_blocks(timetable: Timetable) -> list[list[int]]:
    """Return the trips of each block and service, in the order in which they begin."""
    blocks: dict[tuple[str, str], list[int]] = {}
    for trip, block in enumerate(timetable.trip_block):
        if block is not None:
            blocks.setdefault((block, timetable.trip_service[trip]), []).append(trip)
    for trips in blocks.values():
        trips.sort(key=lambda trip: (timetable.trip_first_s[trip], trip))
    return list(blocks.values())
