"""How good one source of data is right now."""

import msgspec

from schemas.message import Message
from schemas.position import Quality
from schemas.text import Text
from schemas.units import Count, DurationS, Id, TimeMs


class VehicleFault(Message, frozen=True):
    """How often a cleaning rule spoke of one vehicle over the last minutes."""

    vehicle_id: Id
    rule: str
    count: Count


class FeedHealth(Message, frozen=True):
    """Đúng, đủ, sạch, sống of one source over the last minutes of event time.

    ``verdicts`` counts the cleaning rules that spoke, by the rule's name; ``at_fault`` names the vehicles of which they
    spoke most.
    """

    source: Id
    time_ms: TimeMs
    newest_fix_ms: TimeMs | None
    fixes: Count
    vehicles: Count
    vehicles_live: Count
    delay_p50_s: DurationS
    quality: Quality
    verdicts: dict[str, int] = msgspec.field(default_factory=dict)
    worst: Text | None = None
    at_fault: tuple[VehicleFault, ...] = ()


class ClockTick(Message, frozen=True):
    """The city's clock while a recorded day is played: event time against wall time.

    While ticks are younger than 30 s of wall time the city runs on them;
    otherwise it runs on the wall clock. ``speed`` 10 means ten seconds of the
    day per second.
    """

    event_ms: TimeMs
    wall_ms: TimeMs
    speed: float
    source: Id
