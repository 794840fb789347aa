"""Reports and their names: the same for the same reporter at the same place, telling nobody who that was."""

import hashlib
import hmac
import math

from schemas.report import ReportWhat, ReportWho, RoadReport

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


def make_report(
    secret: bytes,
    who: ReportWho,
    reporter: str,
    what: ReportWhat,
    place: tuple[float, float, float | None],
    now_ms: int,
) -> RoadReport:
    """Make the report that is kept, without its reporter, its place to a metre.

    Parameters
    ----------
    secret : bytes
        As in `name_report`.
    who : ReportWho
        As whose word it counts.
    reporter : str
        As in `name_report`.
    what : ReportWhat
        What was seen.
    place : tuple of float
        Lon, lat, and the direction of travel in degrees clockwise from north or ``None``.
    now_ms : int
        The city's time.

    Returns
    -------
    RoadReport
        The report.
    """
    lon, lat, heading_deg = place
    name = name_report(secret, reporter, lon, lat, now_ms)
    return RoadReport(name, who, what, round(lon, 5), round(lat, 5), now_ms, heading_deg)
