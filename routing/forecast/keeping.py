"""What a forecaster has learnt, in a file: it survives a restart, and a file of other roads is not taken."""

from pathlib import Path
from typing import Any

import numpy as np

from routing.forecast.model import Forecaster
from routing.npz import BROKEN

Arrays = dict[str, Any]


def save_forecaster(forecaster: Forecaster, path: Path) -> None:
    """Write what was learnt; the file is replaced as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new.npz")
    np.savez_compressed(new, **_arrays(forecaster))
    new.replace(path)


def load_forecaster(forecaster: Forecaster, path: Path) -> bool:
    """Read what was learnt earlier; False, and nothing changed, where that is absent, broken or of another network."""
    own = _arrays(forecaster)
    try:
        with np.load(path, allow_pickle=False) as file:
            read = {name: file[name] for name in own}
    except BROKEN:
        return False
    if any(read[name].shape != own[name].shape or not np.isfinite(read[name]).all() for name in own):
        return False
    _put(forecaster, read)
    return True


def _arrays(forecaster: Forecaster) -> Arrays:
    out: Arrays = {}
    for one in forecaster.horizons:
        name = f"h{one.horizon_s}"
        out |= {f"{name}_square": one.ridge.square, f"{name}_product": one.ridge.product}
        out |= {f"{name}_count": one.ridge.count, f"{name}_own": one.own.sums, f"{name}_error": one.spread.error}
        out[f"{name}_counts"] = one.spread.counts
        out[f"{name}_sizes"] = np.array([one.error, one.own.spread])
    deviations = forecaster.deviations
    time_ms = -1 if deviations.time_ms is None else deviations.time_ms
    out["deviations"] = np.stack((deviations.last, deviations.recent))
    out["time_ms"] = np.array([time_ms], dtype=float)
    return out


def _put(forecaster: Forecaster, read: Arrays) -> None:
    for one in forecaster.horizons:
        name = f"h{one.horizon_s}"
        one.ridge.square, one.ridge.product = read[f"{name}_square"], read[f"{name}_product"]
        one.ridge.count, one.own.sums = read[f"{name}_count"], read[f"{name}_own"].astype(np.float32)
        one.spread.error, one.spread.counts = read[f"{name}_error"].astype(np.float32), read[f"{name}_counts"]
        one.error, one.own.spread = map(float, read[f"{name}_sizes"])
        one.ridge.solve()
    deviations = forecaster.deviations
    deviations.last, deviations.recent = read["deviations"]
    deviations.time_ms = round(float(read["time_ms"][0])) if read["time_ms"][0] >= 0 else None
