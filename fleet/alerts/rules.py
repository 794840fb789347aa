"""The alerts of one bus, in the order they are judged."""

from fleet.alerts.hold import Rule, hold
from fleet.alerts.running import doors_since, early_since, off_since
from fleet.alerts.say import make_alert
from fleet.alerts.standing import frozen_since, long_stop_since, stuck_since
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from schemas.trip import Phase

LOST_MS = 300_000


def heard_now(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return nothing: a bus that has a fix is not lost, so its fix ends that alert."""
    del vehicle, timetable, time_ms
    return None


RULES = (
    Rule(
        AlertKind.STUCK,
        Text(
            vi="Xe {bus} (tuyến {line}) đứng yên từ {since}, trước trạm {stop}",
            en="Bus {bus} (line {line}) has stood since {since}, before stop {stop}",
        ),
        stuck_since,
        after_ms=300_000,
    ),
    Rule(
        AlertKind.LONG_STOP,
        Text(
            vi="Xe {bus} (tuyến {line}) dừng ở trạm từ {since}, trạm kế tiếp {stop}",
            en="Bus {bus} (line {line}) has been at a stop since {since}, next stop {stop}",
        ),
        long_stop_since,
        after_ms=180_000,
    ),
    Rule(
        AlertKind.OFF_ROUTE,
        Text(
            vi="Xe {bus} (tuyến {line}) đi lệch tuyến từ {since}",
            en="Bus {bus} (line {line}) is off its route since {since}",
        ),
        off_since,
        after_ms=120_000,
    ),
    Rule(
        AlertKind.EARLY_DEPARTURE,
        Text(
            vi="Xe {bus} (tuyến {line}) rời bến lúc {since}, sớm hơn giờ",
            en="Bus {bus} (line {line}) left its terminal at {since}, before its time",
        ),
        early_since,
        after_ms=0,
        clear_ms=600_000,
    ),
    Rule(
        AlertKind.DOORS_OPEN_MOVING,
        Text(vi="Xe {bus} (tuyến {line}) mở cửa khi đang chạy", en="Bus {bus} (line {line}) moves with a door open"),
        doors_since,
        after_ms=10_000,
        clear_ms=30_000,
    ),
    Rule(
        AlertKind.GPS_FROZEN,
        Text(
            vi="Máy định vị của xe {bus} (tuyến {line}) báo một chỗ từ {since} dù xe đang chạy",
            en="The receiver of bus {bus} (line {line}) tells one place since {since} though the bus drives",
        ),
        frozen_since,
        after_ms=120_000,
        clear_ms=30_000,
    ),
)
LOST_WORDS = Text(
    vi="Xe {bus} (tuyến {line}) mất tín hiệu từ {since}", en="Bus {bus} (line {line}) has been silent since {since}"
)
LOST = Rule(AlertKind.LOST, LOST_WORDS, heard_now, after_ms=LOST_MS)
ALL = (*RULES, LOST)


def judge_vehicle(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> list[FleetAlert]:
    """Return the alerts of a bus that began, or ended, at its newest fix.

    Parameters
    ----------
    vehicle : Vehicle
        The bus after the fix; its open alerts are changed.
    timetable : Timetable
        For the names in the sentences.
    time_ms : int
        Time of the fix.

    Returns
    -------
    list of FleetAlert
        Changed ones only.
    """
    changes: list[FleetAlert] = []
    nothing = not vehicle.alerts and not vehicle.since
    for rule in ALL:
        found = rule.find_since(vehicle, timetable, time_ms)
        if found is None and nothing:  # as nearly always
            continue
        alert = hold(rule, vehicle, timetable, found, time_ms)
        if alert is not None:
            changes.append(alert)
    return changes


def judge_silence(vehicle: Vehicle, timetable: Timetable, now_ms: int) -> FleetAlert | None:
    """Return the alert that a bus in service fell silent, if it begins now; its next fix ends it."""
    last = vehicle.last
    if last is None or vehicle.phase is not Phase.IN_SERVICE or now_ms - last.time_ms < LOST_MS:
        return None
    if AlertKind.LOST in vehicle.alerts:
        return None
    vehicle.alerts[AlertKind.LOST] = make_alert(AlertKind.LOST, LOST_WORDS, vehicle, timetable, last.time_ms, now_ms)
    return vehicle.alerts[AlertKind.LOST]
