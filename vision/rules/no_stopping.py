"""A vehicle stops where stopping is forbidden (P.130), though the road ahead was free."""

from vision.rules.standing import StandingRule


class NoStopping(StandingRule):
    """Stood in a ``no_stopping`` zone for ``stopping_s``, its way free for ``free_s`` of them."""

    name, limit = "no_stopping", "stopping_s"
