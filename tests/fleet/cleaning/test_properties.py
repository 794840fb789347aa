"""Whatever a bus reports: no rule raises, nothing vanishes, and what is let in can be used."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.cleaning import AT_THE_DOOR, OF_TIME, ON_COURSE, RULES, Area, Known, clean, has_likely_time
from fleet.cleaning.one_time import has_one_time
from fleet.cleaning.quality import UNCLEAN, WRONG, SourceQuality, VehicleQuality
from fleet.cleaning.recent import Counts
from fleet.cleaning.words import WORDS
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.trip import TripRef

HANOI = Area(105.3, 20.5, 106.1, 21.4)
FIRST_MS, LAST_MS = 946_684_800_000, 4_102_444_799_999
NOON_MS = 1_771_218_000_000

# Mostly what nearly happens, sometimes anything the schema lets through.
times_ms = st.one_of(
    st.integers(NOON_MS - 4_000_000, NOON_MS + 200_000),
    st.integers(-28, 28).map(lambda half: NOON_MS + half * 1_800_000),
    st.integers(FIRST_MS, LAST_MS),
)
lons = st.one_of(st.floats(105.79, 105.81), st.sampled_from((0.0, 20.9, 21.0, -105.8, 180.0, -180.0, 5e-324)),
                 st.floats(-180, 180))  # fmt: skip
lats = st.one_of(st.floats(20.99, 21.01), st.sampled_from((0.0, 90.0, -21.0, -90.0, 5e-324)), st.floats(-90, 90))
fixes = st.builds(
    Fix,
    vehicle_id=st.sampled_from(("29B-1", "29B-2")),
    time_ms=times_ms,
    lon=lons,
    lat=lats,
    source=st.sampled_from(("depot", "phones")),
    received_ms=st.one_of(st.integers(NOON_MS - 10_000, NOON_MS + 100_000), st.integers(FIRST_MS, LAST_MS)),
    speed_mps=st.none() | st.floats(0, 140),
    heading_deg=st.none() | st.floats(0, 360),
    claimed_trip=st.none() | st.builds(TripRef, trip_id=st.sampled_from(("t1", "gone"))),
)
known = st.builds(
    Known,
    area=st.none() | st.just(HANOI),
    last=st.none() | fixes,
    repeats=st.integers(0, 3),
    late_before_ms=st.none() | times_ms,
    twin=st.none() | fixes,
)


@given(fixes, known)
def test_each_rule_returns_a_fix_of_the_same_bus_and_time_or_none(fix: Fix, known: Known) -> None:
    same = (fix.vehicle_id, fix.source)
    for name, rule in RULES:
        judged = rule(fix, known)
        assert judged is None or (judged.vehicle_id, judged.source) == same, name
        assert judged is None or judged.time_ms == fix.time_ms or name in {"zone_ahead", "week_rollover"}
        assert judged is None or judged.time_ms == fix.time_ms or has_likely_time(judged)
        assert judged is None or (-180 <= judged.lon <= 180 and -90 <= judged.lat <= 90)


@given(fixes, known)
def test_a_fix_that_is_left_out_has_a_rule_that_says_so_and_a_clean_one_is_untouched(fix: Fix, known: Known) -> None:
    verdict = clean(fix, known)
    assert verdict.fix is not None or verdict.rules
    assert verdict.rules or verdict.fix is fix
    assert set(verdict.rules) <= WORDS.keys()
    if verdict.fix is not None and known.area is not None:
        assert known.area.holds(verdict.fix.lon, verdict.fix.lat)


@given(st.lists(fixes, max_size=30))
@settings(max_examples=60, deadline=None)
def test_what_a_tracker_takes_and_what_it_refuses_are_together_what_came(given_fixes: list[Fix]) -> None:
    tracker = Tracker(None, area=HANOI)
    out = tracker.step(given_fixes, NOON_MS)
    tracker.step([], NOON_MS + 20_000)
    counted = {name: sum(slot.fixes for slot in quality.recent._slots.values()) for name, quality in
               tracker._sources.items()}  # fmt: skip
    # Slots older than ten minutes are forgotten at a look around, so what is left is at most what came.
    assert sum(counted.values()) <= len(given_fixes)
    mending = {"swapped_axes", "flipped_sign", "zone_ahead", "week_rollover", "repeated_position"}
    dropping = {name for name, _ in RULES} - mending
    refused = sum(count for rule, count in tracker.verdicts.items() if rule in dropping)
    kept = {(p.vehicle_id, p.time_ms) for p in out.positions}
    assert len(kept) + refused == len(given_fixes)


@given(st.lists(st.tuples(fixes, st.sets(st.sampled_from(sorted(WORDS)), max_size=3)), max_size=40))
@settings(deadline=None)
def test_scores_stay_between_nought_and_one_and_health_can_always_be_told(said: list[tuple[Fix, set[str]]]) -> None:
    source, vehicle = SourceQuality("depot"), VehicleQuality()
    for fix, rules in said:
        source.take(fix, tuple(sorted(rules)), accepted=not rules)
        vehicle.take(fix, tuple(sorted(rules)))
    health = source.health(NOON_MS, 1)
    for scores in (health.quality, vehicle.scores(5_000)):
        assert all(
            -1e-9 <= score <= 1.0 + 1e-9 for score in (scores.correct, scores.complete, scores.clean, scores.live)
        )
    assert sum(fault.count for fault in health.at_fault) <= sum(health.verdicts.values())


def test_every_rule_has_words_and_one_score_that_it_lowers() -> None:
    names = {name for name, _ in RULES} | {"one_time"}
    assert names == WORDS.keys() == WRONG | UNCLEAN
    assert not WRONG & UNCLEAN
    assert len(OF_TIME) + len(AT_THE_DOOR) + len(ON_COURSE) == len(RULES)


def counts(vehicles: int, moments: int, share: float = 1.0) -> Counts:
    return Counts(
        fixes=round(vehicles * moments * share),
        vehicles={f"v{n}" for n in range(vehicles)},
        times_s=set(range(0, moments * 15, 15)),
    )


def test_a_feed_whose_every_vehicle_bears_the_messages_time_is_told_from_one_with_times_of_their_own() -> None:
    assert has_one_time(counts(40, 40))
    assert has_one_time(counts(40, 40, share=0.6))
    assert not has_one_time(counts(40, 40, share=0.1))
    assert not has_one_time(counts(3, 40))
    assert not has_one_time(counts(40, 600))


def test_one_time_is_counted_lowers_clean_and_is_said() -> None:
    source = SourceQuality("feed")
    for message in range(40):
        for vehicle in range(20):
            at_ms = NOON_MS + message * 15_000
            fix = Fix(
                vehicle_id=f"v{vehicle}", time_ms=at_ms, lon=105.8, lat=21.0, source="feed", received_ms=at_ms + 900
            )
            source.take(fix, (), accepted=True)
    health = source.health(NOON_MS + 600_000 - 1000, 20)
    assert health.verdicts == {"one_time": health.fixes}
    assert health.quality.clean == 0.0
    assert health.quality.correct == 1.0
    assert health.worst is not None
    assert health.worst.en.startswith("all vehicles bear one time")


def test_the_vehicles_at_fault_are_named_worst_first() -> None:
    source = SourceQuality("depot")
    for vehicle in range(12):
        for number in range(60):
            at_ms = NOON_MS + number * 9_000 + vehicle * 500
            rules = ("other_zone",) if number < vehicle else ()
            fix = Fix(
                vehicle_id=f"v{vehicle:02d}", time_ms=at_ms, lon=105.8, lat=21.0, source="depot", received_ms=at_ms
            )
            source.take(fix, rules, accepted=not rules)
    health = source.health(NOON_MS + 560_000, 12)
    assert [(fault.vehicle_id, fault.rule, fault.count) for fault in health.at_fault[:2]] == [
        ("v11", "other_zone", 11), ("v10", "other_zone", 10),
    ]  # fmt: skip
    assert len(health.at_fault) == 10
    assert health.worst is not None
    assert health.worst.en == "66 reports whole or half hours off: another time zone? (v11, v10, v09 and 8 more)"
