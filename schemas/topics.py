"""Every topic of the system: one entry each, in the order data flows."""

from dataclasses import dataclass

from schemas.camera import CameraSegment
from schemas.camera_watch import CameraMinute, CameraSight
from schemas.edge import RoadStates
from schemas.feed import ClockTick, FeedHealth
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.forecast import RoadForecast
from schemas.incident import Incident
from schemas.lesson import Lesson
from schemas.message import Message
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.rain import RainGauges
from schemas.report import RoadReport
from schemas.signal import CameraCircumstance, SignalState
from schemas.stop_event import StopEvent
from schemas.stream_order import StreamOrder
from schemas.track_state import TrackLearnt, TrackShare, TrackState
from schemas.violation import Candidate

HOUR_S = 3600
DAY_S = 24 * HOUR_S
DEAD_SUFFIX = ".dead"


@dataclass(frozen=True)
class Topic:
    """A named, keyed, partitioned log of one kind of message.

    ``retention_s`` counts from when a record was appended; of a ``compacted`` topic the newest record of each key
    is kept longer, for ever.
    """

    name: str
    message: type[Message]
    key: str
    partitions: int
    retention_s: int
    meaning: str
    compacted: bool = False

    @property
    def dead(self) -> str:
        """Name of the topic that takes what could not be read."""
        return self.name + DEAD_SUFFIX


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("gps.fixes", Fix, "vehicle_id", 4, DAY_S, "GPS reports as they came through a door"),
        Topic("bus.positions", BusPosition, "vehicle_id", 4, DAY_S, "cleaned fixes with their assignment"),
        Topic("bus.stop-events", StopEvent, "vehicle_id", 4, 7 * DAY_S, "observed arrivals and departures"),
        Topic("bus.predictions", TripPrediction, "vehicle_id", 4, 6 * HOUR_S, "arrival quantiles of every stop ahead"),
        Topic(
            "fleet.alerts", FleetAlert, "alert_id", 2, 7 * DAY_S, "stuck, not coming, bunching, detours and the rest"
        ),
        Topic("feeds.health", FeedHealth, "source", 1, DAY_S, "correct, complete, clean, live of each source"),
        Topic("city.clock", ClockTick, "source", 1, HOUR_S, "event time while a recorded day is played"),
        Topic("camera.segments", CameraSegment, "camera_id", 4, DAY_S, "references to recorded video"),
        Topic("camera.counts", CameraMinute, "camera_id", 4, 7 * DAY_S, "road users per approach and interval"),
        Topic("camera.health", CameraSight, "camera_id", 4, 7 * DAY_S, "whether each camera can be relied on"),
        Topic("signals.states", SignalState, "signal_id", 4, HOUR_S, "what controllers say their signal groups show"),
        Topic(
            "camera.circumstances",
            CameraCircumstance,
            "camera_id",
            1,
            DAY_S,
            "officers, crashes, works and the like before cameras, as people say",
        ),
        Topic("violations.candidates", Candidate, "camera_id", 4, 30 * DAY_S, "what the rules found"),
        Topic("road.states", RoadStates, "cell", 4, DAY_S, "estimated speed of edges, with uncertainty"),
        Topic("road.forecasts", RoadForecast, "cell", 4, HOUR_S, "speeds of edges in 15, 30 and 60 minutes"),
        Topic("rain.gauges", RainGauges, "source", 1, DAY_S, "rain gauges as they stand, and what is wrong with them"),
        Topic("road.reports", RoadReport, "report_id", 1, DAY_S, "what drivers, riders and staff say of the road"),
        Topic("incidents", Incident, "incident_id", 2, 30 * DAY_S, "incidents, each change of state"),
        Topic(
            "track.state", TrackState, "vehicle_id", 4, DAY_S, "what the tracker remembers of each bus", compacted=True
        ),
        Topic("track.lessons", Lesson, "vehicle_id", 4, 3 * HOUR_S, "what observed arrivals teach all trackers"),
        Topic(
            "track.history",
            TrackLearnt,
            "part",
            1,
            DAY_S,
            "what was learnt over days",
            compacted=True,
        ),
        Topic("track.shares", TrackShare, "tracker", 1, HOUR_S, "what each of several trackers saw of the whole"),
        Topic("stream.orders", StreamOrder, "group", 1, DAY_S, "what operators order the readers of the log"),
    )
}


def get_topic(name: str) -> Topic:
    """Return the entry of a topic by its name.

    Parameters
    ----------
    name : str
        For instance ``"gps.fixes"``.

    Returns
    -------
    Topic
        The entry.

    Raises
    ------
    KeyError
        If no such topic is listed; the text names those that are.
    """
    try:
        return TOPICS[name]
    except KeyError:
        raise KeyError(f"no topic {name!r}; there are {', '.join(TOPICS)}") from None
