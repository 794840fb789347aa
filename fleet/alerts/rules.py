"""The alerts of one bus, in the order they are judged."""

from collections.abc import Sequence

from fleet.alerts.ghost import ghost_since
from fleet.alerts.hold import Rule, hold
from fleet.alerts.left_early import early_since
from fleet.alerts.limits import SpeedLimits
from fleet.alerts.punctual import late_since, running_early_since, serves
from fleet.alerts.running import doors_since, list_skipped, off_since, skipped_since
from fleet.alerts.say import make_alert
from fleet.alerts.speeding import Speeding
from fleet.alerts.standing import frozen_since, long_stop_since, stuck_since
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from schemas.trip import Phase

LOST_MS = 300_000
AT_TERMINAL_M = 300.0


def name_claimed(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> dict[str, object]:
    """Return the trip that a bus's source names."""
    del timetable, time_ms
    claim = None if vehicle.last is None else vehicle.last.claimed_trip
    return {"claimed": "?" if claim is None else claim.trip_id}


def tell_minutes(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> dict[str, object]:
    """Return by how many minutes a bus is off its time."""
    del timetable, time_ms
    return {"minutes": round(abs(vehicle.late_s or 0.0) / 60)}


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
            vi="Máy định vị của xe {bus} (tuyến {line}) bị treo: báo mãi một chỗ từ {since}",
            en="The receiver of bus {bus} (line {line}) is frozen: it has told one place since {since}",
        ),
        frozen_since,
        after_ms=120_000,
        clear_ms=30_000,
    ),
    Rule(
        AlertKind.SKIPPED_STOP,
        Text(
            vi="Xe {bus} (tuyến {line}) bỏ trạm {skipped}, trở lại tuyến lúc {since}",
            en="Bus {bus} (line {line}) skipped {skipped} and was back on its route at {since}",
        ),
        skipped_since,
        after_ms=0,
        find_words=list_skipped,
    ),
    Rule(
        AlertKind.GHOST,
        Text(
            vi="Xe {bus} báo đang chạy chuyến {claimed} nhưng không chạy, từ {since}",
            en="Bus {bus} says that it runs trip {claimed} and does not, since {since}",
        ),
        ghost_since,
        after_ms=180_000,
        clear_ms=60_000,
        find_words=name_claimed,
    ),
    Rule(
        AlertKind.LATE,
        Text(
            vi="Xe {bus} (tuyến {line}) trễ {minutes} phút, sắp đến {stop}",
            en="Bus {bus} (line {line}) is {minutes} min late, next stop {stop}",
        ),
        late_since,
        after_ms=0,
        find_words=tell_minutes,
    ),
    Rule(
        AlertKind.RUNNING_EARLY,
        Text(
            vi="Xe {bus} (tuyến {line}) chạy sớm {minutes} phút, sắp đến {stop}",
            en="Bus {bus} (line {line}) runs {minutes} min early, next stop {stop}",
        ),
        running_early_since,
        after_ms=0,
        find_words=tell_minutes,
    ),
)
LOST_WORDS = Text(
    vi="Xe {bus} (tuyến {line}) mất tín hiệu từ {since}", en="Bus {bus} (line {line}) has been silent since {since}"
)
LOST = Rule(AlertKind.LOST, LOST_WORDS, heard_now, after_ms=LOST_MS)
SPEEDING_WORDS = Text(
    vi="Xe {bus} (tuyến {line}) chạy {speed} km/h, cho phép {limit}, từ {since}",
    en="Bus {bus} (line {line}) drives {speed} km/h where {limit} are allowed, since {since}",
)


def rules_of(limits: SpeedLimits | None) -> tuple[Rule, ...]:
    """Return the rules of a city; without limits nobody is told to be speeding."""
    if limits is None:
        return (*RULES, LOST)
    judge = Speeding(limits)
    speeding = Rule(
        AlertKind.SPEEDING, SPEEDING_WORDS, judge.since, after_ms=10_000, clear_ms=30_000, find_words=judge.words
    )
    return (*RULES, speeding, LOST)


def judge_vehicle(vehicle: Vehicle, timetable: Timetable, rules: Sequence[Rule], time_ms: int) -> list[FleetAlert]:
    """Return the alerts of a bus that began, or ended, at its newest fix.

    Parameters
    ----------
    vehicle : Vehicle
        The bus after the fix; its open alerts are changed.
    timetable : Timetable
        For the names in the sentences.
    rules : sequence of Rule
        What `rules_of` returned.
    time_ms : int
        Time of the fix.

    Returns
    -------
    list of FleetAlert
        Changed ones only.
    """
    changes: list[FleetAlert] = []
    nothing = not vehicle.alerts and not vehicle.since
    for rule in rules:
        found = rule.find_since(vehicle, timetable, time_ms)
        if found is None and nothing:  # as nearly always
            continue
        alert = hold(rule, vehicle, timetable, found, time_ms)
        if alert is not None:
            changes.append(alert)
    return changes


def judge_silence(vehicle: Vehicle, timetable: Timetable, now_ms: int) -> FleetAlert | None:
    """Return the alert that a bus in service fell silent between its terminals, if it begins now; its next fix ends it.

    At a terminal its driver may have switched the engine off, and the tracker sleeps.
    """
    last, progress = vehicle.last, vehicle.progress
    if last is None or vehicle.phase is not Phase.IN_SERVICE or now_ms - last.time_ms < LOST_MS:
        return None
    if AlertKind.LOST in vehicle.alerts or progress is None or not serves(vehicle):
        return None
    stops_m = progress.pattern.stops_m
    if not stops_m[0] + AT_TERMINAL_M <= progress.distance_m <= stops_m[-1] - AT_TERMINAL_M:
        return None
    vehicle.alerts[AlertKind.LOST] = make_alert(AlertKind.LOST, LOST_WORDS, vehicle, timetable, last.time_ms, now_ms)
    return vehicle.alerts[AlertKind.LOST]
