"""Alerts begin only when a condition has lasted, and end only when it has been absent for a while."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from fleet.alerts.say import make_alert
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text

NAMES = {kind: kind.value for kind in AlertKind}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is judged of one bus at each of its fixes.

    ``find_since`` returns since when the condition holds, ``None`` while it does not (what it returned last stands in
    ``vehicle.since``); ``after_ms`` is how long it must
    hold before anybody is told, ``clear_ms`` how long it must be absent before that is taken back. ``find_words`` gives
    values for more places in the words.
    """

    kind: AlertKind
    words: Text
    find_since: Callable[[Vehicle, Timetable, int], int | None]
    after_ms: int
    clear_ms: int = 0
    find_words: Callable[[Vehicle, Timetable, int], dict[str, object]] | None = None


def hold(rule: Rule, vehicle: Vehicle, timetable: Timetable, found: int | None, time_ms: int) -> FleetAlert | None:
    """Judge one rule at the newest fix of a bus.

    Parameters
    ----------
    rule : Rule
        The rule.
    vehicle : Vehicle
        The bus after the fix; its open alerts and since when conditions hold are changed.
    timetable : Timetable
        For the names in the sentence.
    found : int or None
        What ``rule.find_since`` returned.
    time_ms : int
        Time of the fix.

    Returns
    -------
    FleetAlert or None
        If the alert began or ended at this fix.
    """
    kind, open_ = NAMES[rule.kind], vehicle.alerts.get(rule.kind)
    if found is None and open_ is None:
        vehicle.since.pop(kind, None)
        return None
    absent = f"-{kind}"
    if open_ is not None and found is not None and found > open_.started_ms:
        found = None  # what was told has ended, and it began anew since
    if found is not None:
        vehicle.since.pop(absent, None)
        vehicle.since[kind] = found
        if open_ is not None or time_ms - found < rule.after_ms:
            return None
        more = None if rule.find_words is None else rule.find_words(vehicle, timetable, time_ms)
        vehicle.alerts[rule.kind] = make_alert(rule.kind, rule.words, vehicle, timetable, found, time_ms, more)
        return vehicle.alerts[rule.kind]
    vehicle.since.pop(kind, None)
    if open_ is None:
        return None
    if time_ms - vehicle.since.setdefault(absent, time_ms) < rule.clear_ms:
        return None
    del vehicle.since[absent], vehicle.alerts[rule.kind]
    return msgspec.structs.replace(open_, updated_ms=time_ms, ended_ms=time_ms)
