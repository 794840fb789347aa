"""What the rain gauges say, and what is wrong with them."""

from schemas.message import Message
from schemas.text import Text
from schemas.units import DurationS, Id, Lat, Lon, RainMmH, TimeMs


class RainGauge(Message, frozen=True):
    """One gauge: how hard it rained in the ``period_s`` before ``time_ms``; ``stale`` ones are not believed."""

    gauge_id: Id
    lon: Lon
    lat: Lat
    time_ms: TimeMs
    period_s: DurationS
    mm_h: RainMmH
    stale: bool = False


class RainGauges(Message, frozen=True):
    """All gauges of one source as they stand, and what could not be used of it, a sentence each.

    ``slowest`` is the least share of its dry speed that rain leaves any road.
    """

    source: Id
    time_ms: TimeMs
    gauges: tuple[RainGauge, ...]
    problems: tuple[Text, ...] = ()
    slowest: float = 1.0
