"""The clock of the city is set while buses drive: nothing is lost, nothing storms, and looking around goes on."""

import pytest

from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.fleet_alert import AlertKind
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import drive

MINUTE_MS, HOUR_MS, YEAR_MS = 60_000, 3_600_000, 365 * 86_400_000
BUSES = 8


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Timetable:
    return read_timetable(write_feed(tmp_path_factory.mktemp("feed")))


@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS, YEAR_MS, -YEAR_MS])
def test_a_clock_that_is_set_for_a_while_costs_no_position_and_makes_no_storm(table: Timetable, jump_ms: int) -> None:
    lots = list(zip(*(drive(table, "T0-3", late_s=60, vehicle=f"bus-{n}") for n in range(BUSES)), strict=True))
    steady, set_wrong = Tracker(table), Tracker(table)
    places: tuple[list[object], list[object]] = ([], [])
    alerts: dict[str, list[object]] = {}
    looks_after = 0
    for number, lot in enumerate(lots):
        now_ms = max(fix.received_ms for fix in lot)
        wrong_ms = now_ms + (jump_ms if len(lots) // 3 <= number < len(lots) // 2 else 0)
        places[0].extend(steady.step(list(lot), now_ms).positions)
        out = set_wrong.step(list(lot), wrong_ms)
        places[1].extend(out.positions)
        for alert in out.alerts:
            alerts.setdefault(alert.alert_id, []).append(alert)
        looks_after += bool(out.feed_health) and number >= len(lots) // 2
    assert places[0] == places[1]
    assert looks_after == len(lots) - len(lots) // 2
    lost = [said for said in alerts.values() if said[0].kind in (AlertKind.LOST, AlertKind.SILENT_FEED)]  # type: ignore[attr-defined]
    assert len(lost) <= 1
    for said in lost:
        first, last = said[0], said[-1]
        assert last.ended_ms is not None  # type: ignore[attr-defined]
        assert last.updated_ms > first.updated_ms  # type: ignore[attr-defined]
