"""How likely a report comes from a road, and how likely a vehicle went from one road place to another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.index import EdgeIndex, NearEdges, turn_deg
from routing.paths.finder import PathFinder

IMPOSSIBLE = -1e9


@dataclass(frozen=True, slots=True)
class MatchModel:
    """What the matcher believes about reports and vehicles.

    ``heading_weight`` is what driving against the reported heading costs, in log odds;
    headings count from ``heading_min_mps`` up.
    """

    radius_m: float = 50.0
    limit: int = 10
    place_sd_m: float = 12.0
    heading_weight: float = 5.0
    heading_min_mps: float = 1.5
    detour_scale_m: float = 40.0
    turn_back_cost: float = 4.0
    slip_back_m: float = 25.0
    max_speed_mps: float = 45.0


@dataclass(frozen=True)
class Places:
    """The candidates of one report: edges, how far along them, and the log likelihood of each."""

    edge: Ints
    along_m: Floats
    off_m: Floats
    log_p: Floats

    def __len__(self) -> int:
        return len(self.edge)


class RoadModel:
    """Candidates and transitions on one network.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    model : MatchModel, optional
        What is believed about reports and vehicles.
    """

    def __init__(self, network: RoadNetwork, model: MatchModel | None = None) -> None:
        self.network = network
        self.model = model or MatchModel()
        self.index = EdgeIndex(network)

    @cached_property
    def finder(self) -> PathFinder:
        """Ways by their metres; who asks for candidates alone needs none."""
        return PathFinder(self.network, self.network.edge_length_m)

    def candidates(self, x_m: Floats, y_m: Floats, speed_mps: Floats, heading_deg: Floats) -> list[Places]:
        """Find the candidates of many reports at once.

        Parameters
        ----------
        x_m, y_m : ndarray, shape (n,)
            Places in metres of the network's frame.
        speed_mps, heading_deg : ndarray, shape (n,)
            As reported; NaN where the report lacks them.

        Returns
        -------
        list of Places
            One a report; empty where no road is near.
        """
        near, log_p = self.near(x_m, y_m, speed_mps, heading_deg)
        rows = near.rows_of(len(x_m))
        cuts = zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True)
        return [Places(near.edge[a:b], near.along_m[a:b], near.off_m[a:b], log_p[a:b]) for a, b in cuts]

    def near(self, x_m: Floats, y_m: Floats, speed_mps: Floats, heading_deg: Floats) -> tuple[NearEdges, Floats]:
        """Return what `candidates` cuts up: the edges near all reports, and the log likelihood of each."""
        near: NearEdges = self.index.near_xy(x_m, y_m, self.model.radius_m, self.model.limit)
        log_p = -0.5 * (near.off_m / self.model.place_sd_m) ** 2
        turn = np.radians(turn_deg(near.heading_deg, heading_deg[near.place]))
        moving = ~(speed_mps[near.place] < self.model.heading_min_mps) & ~np.isnan(turn)
        log_p = log_p - np.where(moving, self.model.heading_weight * (1 - np.cos(np.nan_to_num(turn))), 0.0)
        return near, log_p

    def road_m(self, here: Places, there: Places) -> Floats:
        """Return the metres by road between candidates, shape (here, there); ``inf`` where there is no way.

        A small step back on the same edge is noise and counts as no way at all.
        """
        network = self.network
        a, b = here.edge, there.edge
        starts, start_row = np.unique(network.edge_to[a], return_inverse=True)
        ends, end_row = np.unique(network.edge_from[b], return_inverse=True)
        table = self.finder.table(starts.tolist(), ends.tolist())[start_row][:, end_row]
        rest = np.maximum(network.edge_length_m[a] - here.along_m, 0.0)
        table = table + rest[:, None] + there.along_m[None, :]
        ahead = there.along_m[None, :] - here.along_m[:, None]
        same = (a[:, None] == b[None, :]) & (ahead >= -self.model.slip_back_m)
        return np.where(same, np.maximum(ahead, 0.0), table)

    def transitions(self, here: Places, there: Places, straight_m: float, seconds: float) -> tuple[Floats, Floats]:
        """Return log likelihoods of going between candidates, and the metres by road.

        Parameters
        ----------
        here, there : Places
            Candidates of two reports that follow each other.
        straight_m : float
            Distance between the reports.
        seconds : float
            Time between them.

        Returns
        -------
        log_p, road_m : ndarray, shape (here, there)
            `IMPOSSIBLE` where there is no way or it would be too fast.
        """
        road = self.road_m(here, there)
        log_p = -np.abs(road - straight_m) / self.model.detour_scale_m
        network = self.network
        back = (network.edge_from[there.edge][None, :] == network.edge_to[here.edge][:, None]) & (
            network.edge_to[there.edge][None, :] == network.edge_from[here.edge][:, None]
        )
        log_p = np.where(back, log_p - self.model.turn_back_cost, log_p)
        too_fast = road > self.model.max_speed_mps * max(seconds, 1.0) + 3 * self.model.place_sd_m + straight_m * 0.2
        return np.where(np.isinf(road) | too_fast, IMPOSSIBLE, log_p), road
