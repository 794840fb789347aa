"""The advice of a replay to let buses wait, as orders to drivers."""

from pathlib import Path

import polars as pl

from fleet.simulation.holds import Hold
from services.city.folder import CityError

COLUMNS = {"said_ms": pl.Int64, "vehicle_id": pl.String, "stop_id": pl.String, "hold_s": pl.Float64}


def read_holds(path: Path) -> tuple[Hold, ...]:
    """Return the holds that the alerts of a replay advised.

    Parameters
    ----------
    path : Path
        ``alerts.csv`` of `hanoi replay --out`, or any CSV with said_ms, vehicle_id, stop_id and hold_s.

    Returns
    -------
    tuple of Hold
        One a row that has ``hold_s``.

    Raises
    ------
    CityError
        If there is no such file, or a column is absent or holds no numbers.
    """
    try:
        rows = pl.read_csv(path, columns=list(COLUMNS), schema_overrides=COLUMNS)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise CityError(
            f"--holds {path}: no CSV with {', '.join(COLUMNS)}, as `hanoi replay` writes ({reason})"
        ) from error
    told = rows.drop_nulls(["said_ms", "vehicle_id", "stop_id", "hold_s"])
    return tuple(Hold(*row) for row in told.select("said_ms", "vehicle_id", "stop_id", "hold_s").iter_rows())
