"""Another vehicle stands at a bus stop, so that buses cannot call there."""

from vision.rules.standing import StandingRule


class BusStopOccupied(StandingRule):
    """No bus, and stood in a ``bus_stop`` zone for ``bus_stop_s``, its way free for ``free_s`` of them."""

    name, limit = "bus_stop_occupied", "bus_stop_s"
    exempt = frozenset({"bus"})
