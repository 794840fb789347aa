"""What traffic is expected to be on roads."""

from schemas.message import Message
from schemas.units import Count, DurationS, Id, SpeedMps, TimeMs


class ForecastAhead(Message, frozen=True):
    """Speeds at one time ahead, in the order of the message's edges.

    ``low_mps`` to ``high_mps`` hold nine in ten of what comes; ``usual_mps`` is what is usual at that time of week.
    """

    ahead_s: DurationS
    speed_mps: tuple[SpeedMps, ...]
    low_mps: tuple[SpeedMps, ...]
    high_mps: tuple[SpeedMps, ...]
    usual_mps: tuple[SpeedMps, ...]


class RoadForecast(Message, frozen=True):
    """The forecasts of the edges of one map tile cell, made at ``time_ms``; those not in it have none.

    A newer message about a cell replaces the one before. ``edge_index`` is the edge's number in this city's network and
    the feature id on its map; columns, as a city's tens of thousands of edges are told each minute.
    """

    cell: Id
    time_ms: TimeMs
    edge_index: tuple[Count, ...]
    ahead: tuple[ForecastAhead, ...]
