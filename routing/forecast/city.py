"""Forecasts of a city's edges from the field of its traffic: who measures, what is usual, what will be."""

from dataclasses import dataclass

import numpy as np

from routing.congestion.fuse import Fused
from routing.congestion.history import HOUR_MS, bucket_of
from routing.congestion.traffic import COLD_VAR, HOUR_VAR, NOW_VAR, TrafficHistory
from routing.forecast.model import Forecaster
from routing.forecast.moment import HORIZONS_S, Moment
from routing.forecast.neighbours import beside
from routing.network.graph import Floats, Ints, RoadNetwork


@dataclass(frozen=True)
class CityForecast:
    """Speeds in m/s at each horizon, each of shape (horizons, edges); ``edges`` are those enough is known of."""

    time_ms: int
    edges: Ints
    speed_mps: Floats
    low_mps: Floats
    high_mps: Floats
    usual_mps: Floats


class CityForecaster:
    """Turns each field of speeds into forecasts, and learns from the fields that follow.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    traffic : TrafficHistory
        What is usual; the estimator learns it.
    utc_offset_s : int
        Seconds the city's clock is ahead of UTC.
    """

    def __init__(self, network: RoadNetwork, traffic: TrafficHistory, utc_offset_s: int) -> None:
        self.forecaster = Forecaster(beside(network), network.edge_class)
        self._network, self._traffic, self._offset_s = network, traffic, utc_offset_s

    def step(self, fused: Fused, driven: Floats, time_ms: int, slowed: Floats | float = 1.0) -> CityForecast:
        """Return what will be, and learn from what is.

        Parameters
        ----------
        fused : Fused
            The field now.
        driven : ndarray, shape (edges,)
            How many times its length each edge was driven of late; those with none say nothing of the truth.
        time_ms : int
            When the field was worked out.
        slowed : float or ndarray, shape (edges,)
            By which rain or water slow traffic now; taken to go on.

        Returns
        -------
        CityForecast
            Of every edge.
        """
        free, limit = self._network.edge_free_mps, self._network.edge_speed_limit_mps
        usual, *ahead = self._usual([time_ms, *(time_ms + h * 1000 for h in HORIZONS_S)], slowed)
        measured = driven > 0
        # An edge that nobody drove differs from the usual by what its neighbours say, whatever the hour's step.
        now = np.where(measured, fused.speed_mps, usual * fused.speed_mps / fused.usual_mps)
        moment = Moment(
            time_ms, now / free, usual / free, np.stack(ahead) / free, self._doubt(time_ms),
            np.where(measured, now / free, np.nan), np.minimum(driven, 1.0),
        )  # fmt: skip
        found = self.forecaster.step(moment)
        speed, low, high = (np.minimum(part * free, limit) for part in (found.speed, found.low, found.high))
        return CityForecast(time_ms, np.array(fused.known(), dtype=np.int64), speed, low, high, np.stack(ahead))

    def _usual(self, times_ms: list[int], slowed: Floats | float) -> list[Floats]:
        """Return the usual speeds at some times, between the middles of hours in proportion."""
        kept: dict[int, Floats] = {}

        def of_hour(time_ms: int) -> Floats:
            bucket = bucket_of(time_ms, self._offset_s)
            if bucket not in kept:
                kept[bucket] = self._traffic.expect(bucket, slowed).log_mps
            return kept[bucket]

        out = []
        for time_ms in times_ms:
            early = time_ms - HOUR_MS // 2
            share = (early + self._offset_s * 1000) % HOUR_MS / HOUR_MS
            out.append(np.exp((1 - share) * of_hour(early) + share * of_hour(early + HOUR_MS)))
        return out

    def _doubt(self, time_ms: int) -> Floats:
        """Return 1 where nothing was learnt of what is usual, falling to 0."""
        variance = self._traffic.expect(bucket_of(time_ms, self._offset_s)).variance
        return np.clip((variance - NOW_VAR) / (COLD_VAR + HOUR_VAR), 0.0, 1.0)
