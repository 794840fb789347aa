"""The frame of every feed: its header, the name of a trip, a text in the city's languages."""

from google.transit import gtfs_realtime_pb2 as pb

from schemas.text import Text
from services.api.live import RunKey
from services.api.timetable import CityTimetable

VERSION = "2.0"


def new_feed(now_ms: int, static_version: str | None) -> pb.FeedMessage:
    """Return an empty FeedMessage.

    Parameters
    ----------
    now_ms : int
        The city's time, the feed's timestamp.
    static_version : str or None
        ``feed_version`` of the static feed that ids refer to, where it has one.

    Returns
    -------
    FeedMessage
        A full dataset without entities.
    """
    feed = pb.FeedMessage()
    feed.header.gtfs_realtime_version = VERSION
    feed.header.incrementality = pb.FeedHeader.FULL_DATASET
    feed.header.timestamp = now_ms // 1000
    if static_version is not None:
        feed.header.feed_version = static_version
    return feed


def fill_trip(out: pb.TripDescriptor, run: RunKey, timetable: CityTimetable) -> None:
    """Name a run that the timetable knows.

    Parameters
    ----------
    out : TripDescriptor
        Filled; a departure of a frequency is named by its trip and its start.
    run : RunKey
        Which.
    timetable : CityTimetable
        Route and direction are its, not those of who speaks of the run.
    """
    table = timetable.table
    assert table is not None
    trip = table.trip_number[run.trip_id]
    frequency = timetable.find_frequency(run.trip_id)
    out.trip_id = run.trip_id if frequency is None else frequency.trip_id
    out.start_date = run.start_date
    if frequency is not None:
        out.start_time = frequency.start_time
    out.route_id = table.route_ids[table.trip_route[trip]]
    direction = table.trip_direction[trip]
    if direction in (0, 1):
        out.direction_id = direction
    by_headway = frequency is not None and not frequency.is_exact
    out.schedule_relationship = pb.TripDescriptor.UNSCHEDULED if by_headway else pb.TripDescriptor.SCHEDULED


def fill_text(out: pb.TranslatedString, text: Text) -> None:
    """Say a text in Vietnamese and in English."""
    for language, words in (("vi", text.vi), ("en", text.en)):
        out.translation.add(language=language, text=words)
