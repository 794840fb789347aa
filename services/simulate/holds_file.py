"""The advice of a replay to let buses wait, as orders to drivers."""

from pathlib import Path

import polars as pl

from fleet.simulation.holds import Hold
from services.city.folder import CityError

COLUMNS = {
    "said_ms": pl.Int64, "vehicle_id": pl.String, "stop_id": pl.String, "hold_s": pl.Float64, "alert_id": pl.String,
}  # fmt: skip


def read_holds(path: Path) -> tuple[Hold, ...]:
    """Return the holds that the alerts of a replay advised.

    Parameters
    ----------
    path : Path
        ``alerts.csv`` of `hanoi replay --out`, or any CSV with its columns said_ms, vehicle_id, stop_id, hold_s and
        alert_id (kind/leader/…).

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
    told = rows.drop_nulls().select(*COLUMNS)
    # The id of a pair's alert names the bus ahead behind its kind.
    return tuple(
        Hold(said_ms, bus, stop, hold_s, alert_id.partition("/")[2].partition("/")[0])
        for said_ms, bus, stop, hold_s, alert_id in told.iter_rows()
    )
