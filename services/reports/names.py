"""Names of reports: the same for the same reporter at the same place, telling nobody who that was."""

import hashlib
import hmac
import math

SLOT_MS = 600_000
# A side of about 220 m; who stands at a cell's border may be counted twice, which the weights bear.
CELL_DEG = 0.002


def name_report(secret: bytes, reporter: str, lon: float, lat: float, time_ms: int) -> str:
    """Name a report.

    Parameters
    ----------
    secret : bytes
        Random, kept in the memory of one process alone, so that a name cannot be traced back.
    reporter : str
        Whatever tells reporters apart; it is not kept.
    lon, lat : float
        Where.
    time_ms : int
        When.

    Returns
    -------
    str
        The same within ten minutes (by the clock's slots) and about 220 m.
    """
    cell = f"{math.floor(lon / CELL_DEG)}/{math.floor(lat / CELL_DEG)}/{time_ms // SLOT_MS}"
    return "report-" + hmac.new(secret, f"{reporter}\n{cell}".encode(), hashlib.sha256).hexdigest()[:16]
