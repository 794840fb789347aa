"""Which road a report lies on: as reports come, whole traces, and each report on its own."""

from routing.matching.model import MatchModel, Places, RoadModel
from routing.matching.nearest import match_nearest
from routing.matching.stream import Batch, Matches, StreamMatcher
from routing.matching.trace import Matched, Trace, TraceMatcher, merge, read_trace

__all__ = [
    "Batch", "MatchModel", "Matched", "Matches", "Places", "RoadModel", "StreamMatcher", "Trace", "TraceMatcher",
    "match_nearest", "merge", "read_trace",
]  # fmt: skip
