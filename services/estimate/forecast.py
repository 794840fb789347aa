"""Forecasts of roads: made when the field is new, kept in a file with what was learnt, told by map cell."""

from pathlib import Path

import numpy as np
import structlog

from routing.congestion import Estimator
from routing.congestion.fuse import Fused
from routing.forecast import HORIZONS_S, load_forecaster, save_forecaster
from routing.forecast.city import CityForecast, CityForecaster
from routing.network.graph import Floats, Ints
from schemas.forecast import ForecastAhead, RoadForecast

DIGITS = 1
_log = structlog.get_logger(__name__)


class ForecastDesk:
    """Makes the forecasts of one city.

    Parameters
    ----------
    estimator : Estimator
        Whose fields are followed.
    utc_offset_s : int
        Seconds the city's clock is ahead of UTC.
    file : Path
        Where what was learnt is kept.
    """

    def __init__(self, estimator: Estimator, utc_offset_s: int, file: Path) -> None:
        self._estimator, self._file = estimator, file
        self._city = CityForecaster(estimator.network, estimator.traffic, utc_offset_s)
        if file.exists() and not load_forecaster(self._city.forecaster, file):
            _log.warning("what was learnt of forecasts is broken or of another network: it begins anew", file=str(file))
        self._cells = estimator.cells()
        self._last: Fused | None = None

    def look(self) -> list[RoadForecast]:
        """Return the forecasts of every cell, when the field is new."""
        fused, time_ms = self._estimator.fused, self._estimator.fused_ms
        if fused is None or time_ms is None or fused is self._last:
            return []
        self._last = fused
        found = self._city.step(fused, self._estimator.driven_lately(), time_ms, self._estimator.slowed)
        return told(found, self._cells)

    def save(self) -> None:
        """Write what was learnt; a full disk is said, not died of."""
        try:
            save_forecaster(self._city.forecaster, self._file)
        except OSError as error:
            _log.warning("what was learnt of forecasts could not be kept", file=str(self._file), reason=str(error))


def told(found: CityForecast, cells: list[str]) -> list[RoadForecast]:
    """Return a message for each cell that has an edge with a forecast.

    Parameters
    ----------
    found : CityForecast
        Of all edges.
    cells : list of str
        The cell of each edge of the network.

    Returns
    -------
    list of RoadForecast
        In the order of cells; speeds to a tenth of a metre a second.
    """
    groups: dict[str, list[int]] = {}
    for edge in found.edges.tolist():
        groups.setdefault(cells[edge], []).append(edge)
    return [_of_cell(found, cell, np.array(groups[cell])) for cell in sorted(groups)]


def _of_cell(found: CityForecast, cell: str, edges: Ints) -> RoadForecast:
    ahead = tuple(
        ForecastAhead(
            ahead_s=horizon_s,
            speed_mps=_rounded(found.speed_mps[number, edges]),
            low_mps=_rounded(found.low_mps[number, edges]),
            high_mps=_rounded(found.high_mps[number, edges]),
            usual_mps=_rounded(found.usual_mps[number, edges]),
        )
        for number, horizon_s in enumerate(HORIZONS_S)
    )
    return RoadForecast(cell=cell, time_ms=found.time_ms, edge_index=tuple(edges.tolist()), ahead=ahead)


def _rounded(speeds: Floats) -> tuple[float, ...]:
    return tuple(np.round(speeds, DIGITS).tolist())
