"""Shortest paths and bus shapes on the road network.

::

    finder = PathFinder(network)
    path = finder.shortest(from_node, to_node)
    shape = finder.shape_through(stops_lonlat)       # routing.paths.shape
"""

from routing.paths.shape import HopDoubt, ShapeThrough, shape_through

__all__ = ["HopDoubt", "ShapeThrough", "shape_through"]
