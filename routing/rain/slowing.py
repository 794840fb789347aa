"""What rain leaves of the speed, by class of road.

The United States' Federal Highway Administration gives 10 % for light and 16 % for heavy rain on freeways (Prevedouros
and Kongsil, 2003, compare 26 studies with that), and 10 to 25 % on arterials with wet pavement ("How Do Weather Events
Impact Roads?"). Light is up to 0.25 inches an hour (Smith et al., 2004); between there and heavy, taken as 40 mm/h,
we draw a line. Nothing of it was measured among Hanoi's motorbikes; water that stands is not in it (`routing.flood`).
"""

import numpy as np

from routing.network.defaults import ROAD_CLASSES
from routing.network.graph import Floats, RoadNetwork

LIGHT_MM_H, HEAVY_MM_H = 6.35, 40.0
# A tipping bucket of 0.2 mm that tips once in ten minutes tells 1.2 mm/h; less is dew.
LEAST_MM_H = 0.5
FAST_ROADS = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
LIGHT_LEAVES, FAST_HEAVY_LEAVES, HEAVY_LEAVES = 0.90, 0.84, 0.75


def slowing(network: RoadNetwork, mm_h: Floats) -> Floats:
    """Return the share of its dry speed that each edge keeps, 0.75 to 1.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    mm_h : ndarray, shape (edges,)
        How hard it rains; ``nan``, where nobody knows, slows nothing.
    """
    fast = np.isin(network.edge_class, [row for row, name in enumerate(ROAD_CLASSES) if name in FAST_ROADS])
    heavy = np.where(fast, FAST_HEAVY_LEAVES, HEAVY_LEAVES)
    rain = np.nan_to_num(mm_h)
    light = 1.0 - (1.0 - LIGHT_LEAVES) * np.clip(rain / LIGHT_MM_H, 0.0, 1.0)
    more = np.clip((rain - LIGHT_MM_H) / (HEAVY_MM_H - LIGHT_MM_H), 0.0, 1.0)
    return np.where(rain < LEAST_MM_H, 1.0, light - (LIGHT_LEAVES - heavy) * more)
