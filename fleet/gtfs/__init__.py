"""Timetables: GTFS feeds read, checked, and made ready for tracking."""

from fleet.gtfs.errors import GtfsError
from fleet.gtfs.feed import Feed, read_feed
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.places import group_places
from fleet.gtfs.timetable import Timetable, TripRun, read_timetable

__all__ = [
    "Feed",
    "GtfsError",
    "LocalFrame",
    "Pattern",
    "Timetable",
    "TripRun",
    "group_places",
    "read_feed",
    "read_timetable",
]
