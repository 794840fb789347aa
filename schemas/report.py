"""What people on the road say of it."""

import enum

from schemas.message import Message
from schemas.units import HeadingDeg, Id, Lat, Lon, TimeMs


class ReportWho(enum.StrEnum):
    """Who says so: a bus driver, a rider, somebody of the control centre."""

    DRIVER = "driver"
    RIDER = "rider"
    STAFF = "staff"


class ReportWhat(enum.StrEnum):
    """What is there, from a fixed list: nobody's words are kept."""

    CRASH = "crash"
    BROKEN_DOWN = "broken_down"
    BLOCKED = "blocked"
    QUEUE = "queue"
    WATER = "water"
    OBSTACLE = "obstacle"


class RoadReport(Message, frozen=True):
    """One person's word about one place.

    ``report_id`` is the same for what the same reporter says again of the same place within ten minutes; nothing in it
    or beside it tells who that is. ``heading_deg`` is the direction of travel in which the road is hurt.
    """

    report_id: Id
    who: ReportWho
    what: ReportWhat
    lon: Lon
    lat: Lat
    time_ms: TimeMs
    heading_deg: HeadingDeg | None = None
