"""Each cleaning rule says what its name says, and nothing else."""

import msgspec
import pytest

from fleet.cleaning import RULES, Area, Known, clean
from fleet.cleaning.quality import SourceQuality, VehicleQuality
from schemas.fix import Fix

NOW_MS = 1_763_870_000_000
HOUR_MS = 3_600_000
WASHINGTON = Area(-78.0, 38.0, -76.0, 40.0)
GOOD = Fix(vehicle_id="b", time_ms=NOW_MS, lon=-77.0, lat=39.0, source="s", received_ms=NOW_MS + 2000, speed_mps=5.0)
LAST = msgspec.structs.replace(GOOD, time_ms=NOW_MS - 30_000, lon=-77.001)


def judged(last=LAST, repeats=0, **changed):
    return clean(msgspec.structs.replace(GOOD, **changed), Known(WASHINGTON, last, repeats))


def test_a_good_fix_passes_untouched():
    assert judged() == clean(GOOD, Known(None, None))
    assert judged().fix is GOOD or judged().fix == GOOD
    assert judged().rules == ()


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("null_island", {"lon": 0.0, "lat": 0.0}),
        ("future", {"time_ms": NOW_MS + 600_000}),
        ("other_zone", {"time_ms": NOW_MS - 7 * HOUR_MS}),
        ("stale", {"time_ms": NOW_MS - 7 * HOUR_MS - 600_000}),
        ("future", {"time_ms": 4_070_908_800_000}),
        ("stale", {"time_ms": 946_684_800_000}),
        ("outside_area", {"lon": 105.8, "lat": 21.0}),
        ("impossible_jump", {"lon": -77.3}),
    ],
)
def test_a_bad_fix_is_left_out_by_its_rule(rule, changed):
    verdict = judged(**changed)
    assert verdict.fix is None
    assert verdict.rules == (rule,)


@pytest.mark.parametrize(
    ("rule", "off_ms"),
    [("zone_ahead", 7 * HOUR_MS), ("zone_ahead", 11 * HOUR_MS // 2), ("week_rollover", -1024 * 7 * 24 * HOUR_MS)],
)
def test_a_clock_that_can_only_be_wrong_by_one_amount_is_set_right(rule, off_ms):
    verdict = judged(time_ms=NOW_MS + off_ms)
    assert verdict.fix is not None
    assert verdict.fix.time_ms == NOW_MS
    assert verdict.rules == (rule,)


def test_a_fix_of_a_known_time_and_one_that_is_too_late_are_left_out():
    assert clean(GOOD, Known(None, LAST, twin=GOOD)).rules == ("duplicate",)
    assert clean(GOOD, Known(None, LAST, late_before_ms=NOW_MS + 1)).rules == ("late",)
    assert clean(GOOD, Known(None, LAST, late_before_ms=NOW_MS)).fix is GOOD


def test_a_bus_that_goes_on_while_its_clock_stands_is_named_and_a_message_sent_twice_is_not():
    later = {"received_ms": GOOD.received_ms + 30_000}
    elsewhere = {"lon": GOOD.lon + 0.002}

    def spoke(**changed):
        return clean(msgspec.structs.replace(GOOD, **changed), Known(None, LAST, twin=GOOD)).rules

    assert spoke(**later, **elsewhere) == ("frozen_clock",)
    assert spoke(**later) == ("duplicate",)
    assert spoke(**elsewhere) == ("duplicate",)
    assert spoke(received_ms=GOOD.received_ms + 3 * HOUR_MS, **elsewhere) == ("frozen_clock",)


@pytest.mark.parametrize("apart_ms", [1, 100, 300, 500])
@pytest.mark.parametrize("metres", [0, 1, 20, 100])
def test_reports_less_than_a_second_apart_are_no_jump_however_fast_they_look(apart_ms, metres):
    last = msgspec.structs.replace(GOOD, time_ms=NOW_MS - apart_ms, lat=GOOD.lat - metres / 111_320)
    assert judged(last=last).rules == ()


@pytest.mark.parametrize("apart_ms", [1, 100, 999])
def test_a_real_jump_within_a_second_is_left_out_and_divides_by_nothing(apart_ms):
    last = msgspec.structs.replace(GOOD, time_ms=NOW_MS - apart_ms, lat=GOOD.lat - 400 / 111_320)
    assert judged(last=last).rules == ("impossible_jump",)


def test_swapped_axes_are_turned_round():
    verdict = judged(lon=39.0, lat=-77.0)
    assert verdict.rules == ("swapped_axes",)
    assert verdict.fix is not None
    assert (verdict.fix.lon, verdict.fix.lat) == (-77.0, 39.0)


@pytest.mark.parametrize(("lon", "lat"), [(77.0, 39.0), (-77.0, -39.0), (77.0, -39.0)])
def test_a_flipped_sign_is_turned(lon, lat):
    verdict = judged(lon=lon, lat=lat)
    assert verdict.rules == ("flipped_sign",)
    assert verdict.fix is not None
    assert (verdict.fix.lon, verdict.fix.lat) == (-77.0, 39.0)


def test_a_jump_that_three_fixes_insist_on_is_believed():
    assert judged(lon=-77.3, repeats=2).fix is not None


def test_a_frozen_place_loses_its_speed_but_stays():
    verdict = judged(lon=LAST.lon)
    assert verdict.rules == ("repeated_position",)
    assert verdict.fix is not None
    assert verdict.fix.speed_mps is None


def test_every_rule_is_one_sentence_in_a_file_of_its_own():
    assert len({rule.__module__ for _, rule in RULES}) == len(RULES)
    assert all((rule.__doc__ or "").strip().endswith(".") for _, rule in RULES)


def test_a_source_is_scored_and_its_worst_fault_is_said_in_both_languages():
    source = SourceQuality("gps")
    for n in range(20):
        fix = msgspec.structs.replace(GOOD, time_ms=NOW_MS + n * 1000, received_ms=NOW_MS + n * 1000)
        source.take(fix, ("duplicate",) if n % 2 else (), accepted=n % 2 == 0)
    health = source.health(NOW_MS + 20_000, 1)
    assert health.verdicts == {"duplicate": 10}
    assert health.quality.clean == pytest.approx(0.5)
    assert health.quality.correct == 1.0
    assert health.quality.live == 1.0
    assert health.worst is not None
    assert "10" in health.worst.vi
    assert "10" in health.worst.en
    silent = source.health(NOW_MS + 900_000, 0)
    assert silent.fixes == 0
    assert silent.worst is not None
    assert "no new report" in silent.worst.en


def test_a_vehicle_that_jumps_loses_its_correctness_slowly():
    quality = VehicleQuality()
    for _ in range(5):
        quality.take(GOOD, ("impossible_jump",))
    scores = quality.scores(0)
    assert 0.7 < scores.correct < 0.8
    assert scores.live == 1.0
    assert quality.scores(700_000).live == 0.0
