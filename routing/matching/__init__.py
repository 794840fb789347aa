"""Which road a report lies on: whole traces, and each report on its own."""

from routing.matching.hmm import Matched, Trace, TraceMatcher, read_trace
from routing.matching.model import MatchModel, Places, RoadModel
from routing.matching.nearest import match_nearest

__all__ = ["MatchModel", "Matched", "Places", "RoadModel", "Trace", "TraceMatcher", "match_nearest", "read_trace"]
