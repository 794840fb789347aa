"""Water on the roads: who still gets through, and how slowly."""

from routing.flood.passable import FloodSpot, closed_edges, passable_by, slow_down

__all__ = ["FloodSpot", "closed_edges", "passable_by", "slow_down"]
