"""Which routes a vehicle may run, from a roster file."""

import csv
from pathlib import Path

VEHICLE = ("vehicle_id", "vehicle", "plate")
ROUTE = ("route_id", "route_no", "route", "route_short_name")


class RosterError(Exception):
    """A roster that cannot be read; the text names the file and how to mend it."""


def read_roster(path: Path) -> dict[str, frozenset[str]]:
    """Read a CSV of vehicles and routes; a vehicle may stand in many rows, with any of its routes' names.

    Parameters
    ----------
    path : Path
        CSV with a column ``vehicle_id`` (or ``vehicle``) and one or more of ``route_id``, ``route_no``,
        ``route_short_name``.

    Returns
    -------
    dict
        Vehicle id → route ids or short names; "01" is also known as "1".

    Raises
    ------
    RosterError
        If the file is absent or has no such columns.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RosterError(f"{path} cannot be read: {error}") from error
    header = list(rows[0]) if rows else []
    vehicle = next((name for name in VEHICLE if name in header), None)
    routes = [name for name in ROUTE if name in header]
    if vehicle is None or not routes:
        raise RosterError(f"{path}: no column vehicle_id and route_id in {header}; name them in the first line")
    found: dict[str, set[str]] = {}
    for row in rows:
        names = {(row[name] or "").strip() for name in routes} - {""}
        if row[vehicle]:
            found.setdefault(row[vehicle].strip(), set()).update(names, {name.lstrip("0") for name in names} - {""})
    return {name: frozenset(values) for name, values in found.items()}
