"""What a step of the tracker led to."""

from dataclasses import dataclass, field

from schemas.feed import FeedHealth
from schemas.fleet_alert import FleetAlert
from schemas.lesson import Lesson
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent


@dataclass(slots=True)
class TrackOutputs:
    """What a step of the tracker led to: first of the fixes in order, then of those that came late.

    What is said again of the same vehicle and time, call, trip or alert takes the place of what was said before.
    ``dropped`` are vehicle and time of positions of reports that a late one showed to be wild: they are taken back.
    """

    positions: list[BusPosition] = field(default_factory=list)
    stop_events: list[StopEvent] = field(default_factory=list)
    predictions: list[TripPrediction] = field(default_factory=list)
    alerts: list[FleetAlert] = field(default_factory=list)
    feed_health: list[FeedHealth] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    dropped: list[tuple[str, int]] = field(default_factory=list)
