"""A jam that no bus has driven yet moves the forecast, as far as the states of roads are sure of it."""

import random

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fleet.arrivals.learner import KEEP_EPOCHS, Learner
from fleet.arrivals.roads import Roads
from fleet.arrivals.snapshot import Snapshot
from fleet.arrivals.ways import Ways
from schemas.edge import EdgeState, LevelOfService, RoadStates
from tests.fleet.arrivals.test_learner import BASE_MS, LINKS, ZONE, lesson

METRES = csr_matrix(np.array([[400.0, 200.0, 0.0], [0.0, 200.0, 400.0]]))
WAYS = Ways({"a": 0, "b": 1, "c": 2}, METRES, csr_matrix(METRES.shape), np.array([60.0, 60.0]))


def told(at_s: float, edge: str = "a", speed_mps: float | None = 1.0, **more: object) -> RoadStates:
    """Return what is told of an edge that is usually driven at 10 m/s."""
    about = {"sd_mps": 0.1 if speed_mps else None, "usual_mps": 10.0, "observations": 4} | more
    state = EdgeState(
        edge_id=edge,
        edge_index=0,
        time_ms=BASE_MS + round(1000 * at_s),
        level=LevelOfService.NO_DATA if speed_mps is None else LevelOfService.BLOCKED,
        speed_mps=speed_mps,
        **about,
    )
    return RoadStates(cell="14/0/0", time_ms=state.time_ms, states=(state,))


def learner() -> Learner:
    made = Learner(LINKS, ZONE, Roads(WAYS))
    made.at(BASE_MS)
    return made


def ratio(taught: Learner, at_s: float) -> float:
    return float(taught.at(BASE_MS + round(1000 * at_s)).ratio[0])


def test_a_jam_that_nobody_drove_yet_makes_its_link_slower_from_the_next_minute_on():
    taught = learner()
    taught.take_roads([told(10.0)])
    assert ratio(taught, 30.0) == 1.0
    # 400 m at 1 instead of 10 m/s are 360 s, of which buses are taken to have 0.7: 60 s become 312 s.
    assert ratio(taught, 70.0) == pytest.approx(1.0 + 0.7 * 360.0 / 60.0, rel=0.02)
    snapshot = taught.at(BASE_MS + 70_000)
    assert snapshot.ratio[1] == 1.0
    assert snapshot.moved[0] > 4.0
    assert snapshot.told_ms[0] == BASE_MS + 10_000


@pytest.mark.parametrize(
    "states",
    [
        [],
        [told(10.0, edge="of another city")],
        [told(10.0, speed_mps=10.0)],
        [told(10.0), told(40.0, speed_mps=None)],
        [told(-700.0)],
        [told(10.0, speed_mps=9.0, sd_mps=3.0)],
        [told(10.0, usual_mps=None)],
    ],
    ids=["none", "unknown edge", "usual", "no data any more", "stale", "unsure", "nobody knows what is usual"],
)
def test_what_says_nothing_changes_nothing(states):
    taught = learner()
    taught.take_roads(states)
    assert ratio(taught, 70.0) == 1.0


def test_the_less_sure_a_state_is_and_the_older_the_less_it_moves():
    sure, unsure = learner(), learner()
    sure.take_roads([told(10.0)])
    unsure.take_roads([told(10.0, sd_mps=0.7)])
    moves = [ratio(taught, at_s) for taught, at_s in ((sure, 70.0), (unsure, 70.0), (unsure, 310.0))]
    assert moves == sorted(moves, reverse=True)
    assert moves[0] > moves[1] > moves[2] >= 1.0


def test_what_the_last_buses_met_is_not_counted_again():
    knowing, ignorant = learner(), learner()
    for n in range(18):
        knowing.take_roads([told(60.0 * n)])
        for taught in (knowing, ignorant) if n >= 6 else ():
            taught.add(lesson(60.0 * n, took_s=400.0, vehicle=f"v{n}"))
    with_roads, without = ratio(knowing, 1100.0), ratio(ignorant, 1100.0)
    assert without > 3.9
    assert with_roads < without + 0.1 * 360.0 / 60.0


def test_buses_that_pass_where_traffic_stands_teach_that_its_loss_is_not_theirs():
    taught = learner()
    for n in range(120):
        taught.take_roads([told(60.0 * n, speed_mps=1.0 if n // 10 % 2 else 10.0)])
        taught.add(lesson(60.0 * n + 30.0, took_s=60.0, vehicle=f"v{n}"))
    taught.take_roads([told(7230.0)])
    assert ratio(taught, 7290.0) < 1.0 + 0.35 * 360.0 / 60.0


def test_what_was_learnt_of_the_share_is_kept_over_days():
    taught = learner()
    taught._roads.sums[:] = [[90_000.0, 0.0], [9_000.0, 0.0]]
    fresh = learner()
    fresh.load(taught.dump(whole=True))
    np.testing.assert_array_equal(fresh._roads.sums, taught._roads.sums)


def test_a_long_edge_does_not_say_where_on_it_traffic_stands():
    from fleet.arrivals.ways import _elsewhere

    short, long = (
        Ways({"a": 0}, m, _elsewhere(m, np.array([length])), np.array([60.0, 60.0]))
        for m, length in ((csr_matrix([[400.0], [0.0]]), 420.0), (csr_matrix([[400.0], [0.0]]), 9_000.0))
    )
    moved = []
    for ways in (short, long):
        roads = Roads(ways)
        roads.take([told(10.0)], 0)
        moved.append(roads.at(BASE_MS // 60_000 + 1).excess_s[0])
    assert moved[0] > 300.0
    assert moved[1] == 0.0


def day(rng: random.Random) -> list[RoadStates]:
    edges = [("a", 0), ("b", 1), ("c", 2)]
    speeds = [rng.choice([None, 1.0, 3.0, 10.0, 12.0]) for _ in range(150)]
    return [
        told(10.0 * n, rng.choice(edges)[0], speed, usual_mps=rng.choice([None, 10.0]))
        for n, speed in enumerate(speeds)
    ]


def deliver(states: list[RoadStates], rng: random.Random | None) -> Snapshot:
    """Hand states and lessons over, each up to 15 minutes late, some twice, asking now and then."""
    taught = learner()
    lessons = [lesson(30.0 * n, 40.0 + 7 * (n % 13), f"v{n % 8}", n, n % 2, (120,)) for n in range(50)]
    late = (lambda: rng.randrange(880_000)) if rng is not None else (lambda: 0)
    order = [(one.time_ms + late(), 0, n) for n, one in enumerate(states)]
    order += [(one.known_ms + late(), 1, n) for n, one in enumerate(lessons)]
    order += [(at + late(), kind, n) for at, kind, n in order if rng is not None and rng.random() < 0.1]
    for at, kind, n in sorted(order):
        taught.at(at) if n % 5 == 0 else None
        if kind:
            taught.add(lessons[n])
        else:
            taught.take_roads([states[n]])
    end = BASE_MS + 1_500_000 + (KEEP_EPOCHS + 2) * 60_000
    taught.at(end)
    return taught.at(end)


@pytest.mark.parametrize("seed", range(20))
def test_states_in_any_order_up_to_a_quarter_of_an_hour_late_lead_to_the_same(seed):
    rng = random.Random(seed)
    states = day(rng)
    one, other = deliver(states, None), deliver(states, rng)
    for name in ("ratio", "moved", "usual", "told_ms"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    np.testing.assert_array_equal(one.calibration.beta, other.calibration.beta)
