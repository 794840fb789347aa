"""Shortest paths and bus shapes on the road network.

::

    finder = PathFinder(network)                     # seconds at free speed
    path = finder.shortest(from_node, to_node, closed={17})
    others = alternatives(network, Search(network, seconds), seconds, from_node, to_node)
    shape = shape_through(network, stops_lonlat)     # a bus line from its stops
"""

from routing.paths.alternatives import alternatives
from routing.paths.finder import PathFinder, RoadPath, shortest_path
from routing.paths.hierarchy import load_hierarchy, save_hierarchy
from routing.paths.line import line_of
from routing.paths.search import SLICE_S, Search, drive_seconds
from routing.paths.shape import HopDoubt, ShapeThrough, shape_through

__all__ = [
    "SLICE_S",
    "HopDoubt",
    "PathFinder",
    "RoadPath",
    "Search",
    "ShapeThrough",
    "alternatives",
    "drive_seconds",
    "line_of",
    "load_hierarchy",
    "save_hierarchy",
    "shape_through",
    "shortest_path",
]
