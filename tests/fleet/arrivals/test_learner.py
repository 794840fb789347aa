"""What is learnt counts two minutes later, and in the end it does not matter in which order it came."""

import random

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fleet.arrivals.calibration import prior_counts, quantiles_of, shown_shift
from fleet.arrivals.errors import horizon_of
from fleet.arrivals.features import MOVING, spread_of
from fleet.arrivals.learner import KEEP_EPOCHS, Learner
from fleet.arrivals.links import Links
from fleet.arrivals.snapshot import Calibration, Snapshot
from schemas.lesson import Lesson

ZONE = "Asia/Ho_Chi_Minh"
LINKS = Links(
    of_row=np.array([-1, 0, 1], dtype=np.int32),
    planned_s=np.array([0.0, 60.0, 60.0]),
    count=2,
    names=["A>B", "B>C"],
    pieces=csr_matrix(np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])),
    terminal_of=np.array([0], dtype=np.int32),
    terminals=["R>A"],
    trip_start=np.array([0, 3]),
    next_of=np.array([-1]),
    due_s=np.array([0.0, 60.0, 120.0]),
    depart_s=np.array([0.0]),
)
BASE_MS = 1_763_870_400_000 // 600_000 * 600_000


def lesson(at_s, took_s=120.0, vehicle="a", stop=2, link=0, foreseen=(), **more):
    """Return a lesson; ``foreseen`` has how long before the arrival the bus stood at the first stop."""
    arrival = BASE_MS + round(at_s * 1000)
    facts = [(arrival - 1000 * before, 0, MOVING, 1, 0, 0, 0, 0, 0, 0, 0) for before in foreseen]
    return Lesson(
        known_ms=arrival,
        vehicle_id=vehicle,
        stop_sequence=stop,
        trip_id="T",
        link=link,
        planned_s=60.0,
        took_s=took_s,
        start_date="20251123",
        trip=0,
        stop=2,
        start_ms=BASE_MS,
        arrival_ms=arrival,
        facts=tuple(float(number) for fact in facts for number in fact),
        **more,
    )


def learner() -> Learner:
    made = Learner(LINKS, ZONE)
    made.at(BASE_MS)
    return made


def numbers_of(snapshot: Snapshot) -> dict[str, np.ndarray]:
    learnt = {name: getattr(snapshot.calibration, name) for name in Calibration.__dataclass_fields__}
    return {
        name: getattr(snapshot, name) for name in ("ratio", "usual", "noise", "seen_ms", "left_s", "headway")
    } | learnt


def same(a: Snapshot, b: Snapshot) -> None:
    for (name, one), other in zip(numbers_of(a).items(), numbers_of(b).values(), strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)


def test_an_arrival_counts_only_two_minutes_later():
    taught = learner()
    taught.add(lesson(0))
    assert taught.at(BASE_MS + 119_000).ratio[0] == 1.0
    assert taught.at(BASE_MS + 181_000).ratio[0] > 1.1


def test_who_asks_late_gets_what_was_known_then():
    taught = learner()
    before = taught.at(BASE_MS)
    taught.add(lesson(10))
    after = taught.at(BASE_MS + 300_000)
    assert after.ratio[0] > before.ratio[0]
    same(taught.at(BASE_MS + 60_000), before)


def test_a_slow_link_warns_of_the_one_that_shares_its_road():
    taught = learner()
    for n in range(6):
        taught.add(lesson(20 * n, took_s=180.0, vehicle=f"v{n}"))
    snapshot = taught.at(BASE_MS + 400_000)
    assert snapshot.ratio[0] > snapshot.ratio[1] > 1.1


def test_a_terminal_is_left_as_late_as_it_was_left_before():
    taught = learner()
    for n in range(20):
        taught.add(lesson(20 * n, vehicle=f"v{n}", stop=1, link=-1, terminal=0, left_s=120.0))
    assert 90.0 < taught.at(BASE_MS + 700_000).left_s[0] <= 120.0


def test_what_is_taken_back_or_said_anew_leaves_no_trace():
    plain, corrected = learner(), learner()
    for taught in (plain, corrected):
        taught.at(BASE_MS + 600_000)
    corrected.add(lesson(60, took_s=500.0, vehicle="wrong", foreseen=(90,)))
    corrected.add(lesson(90, took_s=400.0, vehicle="mended"))
    corrected.at(BASE_MS + 600_000)
    corrected.add(lesson(60, vehicle="wrong", link=-1))
    for taught in (plain, corrected):
        taught.add(lesson(95, took_s=80.0, vehicle="mended"))
    same(plain.at(BASE_MS + 900_000), corrected.at(BASE_MS + 900_000))


def day(rng: random.Random) -> list[Lesson]:
    """Return 24 minutes of lessons of eight buses, some said twice, mended or taken back, each bus in its order."""
    said = []
    for n in range(48):
        at, vehicle = 30.0 * n, f"v{n % 8}"
        foreseen = tuple(rng.randrange(30, 900) for _ in range(n % 4))
        said.append((at, lesson(at, 40.0 + rng.random() * 60, vehicle, n, n % 2, foreseen)))
        if n % 10 == 3:
            said.append((at + 300, lesson(at + 1, 70.0, vehicle, n, n % 2)))
        if n % 10 == 6:
            said.append((at + 400, lesson(at, 0.0, vehicle, n, -1)))
        if n % 10 == 7:
            said.append((at, lesson(at, 0.0, vehicle, n, -1, terminal=0, left_s=rng.random() * 90)))
    return [one for _, one in sorted(said, key=lambda pair: pair[0])]


def deliver(said: list[Lesson], rng: random.Random | None) -> tuple[Snapshot, np.ndarray]:
    """Hand lessons over, each bus up to 15 minutes behind and some of it twice; ask now and then."""
    taught = learner()
    order = [(one.known_ms, n, one) for n, one in enumerate(said)]
    if rng is not None:
        behind = {f"v{n}": rng.randrange(880_000) for n in range(8)}
        order = [(at + behind[one.vehicle_id], n, one) for at, n, one in order]
        order += [slot for slot in order if rng.random() < 0.1]
        order.sort(key=lambda slot: slot[:2])
    newest = 0
    for _, _, one in order:
        taught.add(one)
        newest = max(newest, one.known_ms)
        if rng is not None and rng.random() < 0.02:
            taught.at(newest - rng.randrange(600_000))
    assert taught.too_late == 0
    return taught.at(BASE_MS + 2_460_000), taught.history.took_s


def test_a_thousand_shuffles_with_lessons_fifteen_minutes_late_end_in_the_same_state():
    said = day(random.Random(5))
    plain, history = deliver(said, None)
    assert history.sum() > 500
    for seed in range(1000):
        found, kept = deliver(said, random.Random(seed))
        same(plain, found)
        np.testing.assert_array_equal(history, kept)


def test_a_lesson_that_comes_later_than_can_be_is_counted_and_changes_nothing():
    taught = learner()
    before = taught.at(BASE_MS + 3_600_000)
    taught.add(lesson(0))
    assert taught.too_late == 1
    same(taught.at(BASE_MS + 3_600_000), before)


def test_a_night_without_buses_fades_what_was_learnt_today_and_keeps_what_is_usual():
    taught = learner()
    for n in range(60):
        taught.add(lesson(20 * n, took_s=120.0, vehicle=f"v{n}"))
    taught.at(BASE_MS + 60_000 * (KEEP_EPOCHS + 25))
    morning = taught.at(BASE_MS + 86_400_000)
    assert morning.usual[0] > 1.6
    assert morning.ratio[0] == pytest.approx(morning.usual[0], rel=0.01)


def test_quantiles_follow_the_errors():
    taught = learner()
    rng = np.random.default_rng(1)
    for n in range(9000):
        before = tuple(np.rint(rng.normal(180.0, 20.0, 5)).astype(int).tolist())
        taught.add(lesson(n, vehicle=f"v{n}", link=-1, foreseen=before))
    learnt = taught.at(BASE_MS + 10_200_000).calibration
    bins = int(horizon_of(np.array([120.0]))[0])
    widens = np.array([10.0, np.sqrt(10.0 * 120.0), 12.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    spread = spread_of(learnt.weight[0], widens, 120.0)
    low, mid, high = learnt.quantile[0, :, bins] * spread
    assert abs(mid - 60) < 12
    assert abs(high - low - 51) < 12


def test_before_anything_was_seen_quantiles_are_wide_and_ordered_and_the_shown_time_leans_early():
    low, mid, high = quantiles_of(prior_counts(), np.tile([0.1, 0.5, 0.9], (3, 13, 1)))[0]
    assert (low < mid).all()
    assert (mid < high).all()
    assert (shown_shift(prior_counts()) <= 0).all()


def test_nothing_that_is_learnt_is_ever_not_a_number():
    taught = learner()
    for n, took in enumerate((0.0, 1e9, 5.0)):
        taught.add(lesson(n, took_s=took, vehicle=f"v{n}", foreseen=(10**6, -(10**6), 0)))
    snapshot = taught.at(BASE_MS + 600_000)
    for name, numbers in numbers_of(snapshot).items():
        assert np.isfinite(numbers).all(), name
    assert (snapshot.ratio > 0).all()


def test_one_departure_that_was_very_late_says_little_of_the_next():
    taught = learner()
    for n in range(20):
        left_s = 1600.0 if n % 10 == 0 else 40.0
        taught.add(lesson(20 * n, vehicle=f"v{n}", stop=1, link=-1, terminal=0, left_s=left_s))
    assert 30.0 < taught.at(BASE_MS + 700_000).left_s[0] < 75.0


def test_a_bus_behind_a_big_gap_is_foreseen_later_than_one_close_behind():
    taught = learner()
    for n in range(12):
        taught.add(lesson(600 * n, took_s=60.0, vehicle=f"v{n}"))
    usual = taught.at(BASE_MS + 6_600_000 + 600_000).headway[0]
    close = taught.at(BASE_MS + 6_600_000 + 180_000).headway[0]
    far = taught.at(BASE_MS + 6_600_000 + 1_500_000).headway[0]
    assert close < -0.5 < abs(usual) < 0.2 < 1.0 == far
    assert taught.at(BASE_MS + 6_600_000 + 4_000_000).headway[0] == 0.0, "a line that has ended has no gap"
    assert not taught.at(BASE_MS + 6_600_000).headway[1], "nothing was seen there"
