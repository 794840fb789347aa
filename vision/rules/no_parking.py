"""A vehicle is parked where parking is forbidden (P.131): a short stop there is none."""

from vision.rules.standing import StandingRule


class NoParking(StandingRule):
    """Stood in a ``no_parking`` zone for ``parking_s``, its way free for ``free_s`` of them."""

    name, limit = "no_parking", "parking_s"
