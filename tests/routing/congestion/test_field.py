import numpy as np
import pytest
from scipy.sparse import csc_matrix, identity
from scipy.sparse import random as random_sparse

from routing.congestion import Estimator
from routing.congestion.field import SpeedField, followers
from routing.congestion.fuse import LEAST_INFORMED, Fusion, Seen
from routing.congestion.sparse import SparseSystem
from routing.congestion.traffic import COLD_VAR, HOUR_VAR, NOW_VAR, TrafficHistory
from tests.routing.builders import grid
from tests.routing.congestion.test_estimate import EAST, NET, START_MS, drive, play

COUNT = NET.edge_count
NO_SIGNAL = np.zeros(COUNT, np.bool_)


@pytest.mark.parametrize("seed", range(5))
def test_solution_and_variances_are_those_of_the_dense_inverse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    half = random_sparse(40, 40, 0.08, random_state=rng)
    matrix = csc_matrix(half @ half.T + identity(40))
    right = rng.normal(size=40)
    solution, variances = SparseSystem(matrix).solve(matrix, right)
    inverse = np.linalg.inv(matrix.toarray())
    assert solution == pytest.approx(inverse @ right)
    assert variances == pytest.approx(np.diag(inverse))


def test_without_observations_every_edge_has_the_variance_of_its_history() -> None:
    prior = np.linspace(0.1, 0.9, COUNT)
    deviation, variance = SpeedField(NET).solve(prior, np.zeros(COUNT), np.zeros(COUNT))
    assert deviation == pytest.approx(0.0)
    assert variance == pytest.approx(prior)


def test_what_is_seen_of_an_edge_reaches_its_neighbours_and_fades_with_the_way() -> None:
    precision, pull = np.zeros(COUNT), np.zeros(COUNT)
    precision[EAST[2]], pull[EAST[2]] = 20.0, -20.0
    deviation, variance = SpeedField(NET).solve(np.full(COUNT, 0.5), precision, pull)
    near, far = deviation[EAST[3]], deviation[EAST[5]]
    assert deviation[EAST[2]] < near < far <= 1e-9
    assert variance[EAST[2]] < variance[EAST[3]] < variance[EAST[5]] <= 0.5 + 1e-9


def test_what_is_seen_of_an_edge_says_more_of_the_road_straight_on_than_of_a_turn() -> None:
    precision, pull = np.zeros(COUNT), np.zeros(COUNT)
    precision[EAST[2]], pull[EAST[2]] = 20.0, -20.0
    deviation, _ = SpeedField(NET).solve(np.full(COUNT, 0.5), precision, pull)
    before, after = followers(NET)
    turns = [edge for edge in after[before == EAST[2]].tolist() if edge != EAST[3]]
    assert turns
    assert all(deviation[EAST[3]] < 2 * deviation[edge] < 0 for edge in turns)
    alike, _ = SpeedField(NET, 0.3, 0.3).solve(np.full(COUNT, 0.5), precision, pull)
    assert all(alike[edge] < 2 * deviation[edge] for edge in turns), "as alike as the road straight on"


def test_who_stands_for_two_minutes_is_worth_one_pass_of_the_usual_and_two_of_now() -> None:
    history = TrafficHistory(NET, NO_SIGNAL)
    fusion = Fusion(NET, history)
    stood = {EAST[2]: [Seen(metres=0.0, seconds=120.0, vehicles=5, is_bus=False)]}
    _, now = fusion.read(stood)
    fusion.learn(stood, 8)
    usual = 1.0 / history._worth[8, EAST[2]] - NOW_VAR
    assert usual == pytest.approx(2 * now[EAST[2]], rel=1e-5)


def test_edges_that_follow_are_those_that_begin_where_one_ends_without_turning_back() -> None:
    before, after = followers(NET)
    pairs = set(zip(before.tolist(), after.tolist(), strict=True))
    expected = {
        (a, b)
        for a in range(COUNT)
        for b in range(COUNT)
        if NET.edge_to[a] == NET.edge_from[b] and NET.edge_to[b] != NET.edge_from[a]
    }
    assert pairs == expected


def test_an_edge_nobody_passed_draws_to_its_class_and_one_with_passes_to_its_own() -> None:
    history = TrafficHistory(NET, NO_SIGNAL)
    cold = history.expect(8).log_mps[EAST[0]]
    for edge in EAST[:5] * 20:
        history.learn(np.array([edge]), 8, np.log([2.0]), np.array([0.001]))
    warm = history.expect(8)
    assert np.exp(warm.log_mps[EAST[0]]) == pytest.approx(2.0, rel=0.1)
    assert warm.log_mps[EAST[0]] < warm.log_mps[EAST[6]] < cold
    assert warm.variance[EAST[0]] < warm.variance[EAST[6]] == pytest.approx(COLD_VAR + HOUR_VAR + NOW_VAR)


def test_an_edge_that_was_never_as_expected_is_known_to_be_unsteady() -> None:
    history = TrafficHistory(NET, NO_SIGNAL)
    both, sure = np.array([EAST[0], EAST[3]]), np.full(2, 0.02)
    for turn in range(80):
        seen = np.log([5.0, 9.0 if turn % 2 else 3.0])
        history.learn_unrest(both, 8, seen, sure)
        history.learn(both, 8, seen, sure)
    steady, unsteady = history.expect(8).variance[both]
    assert steady < 0.6 * unsteady


def test_rain_slows_what_is_expected_by_its_factor() -> None:
    history = TrafficHistory(NET, NO_SIGNAL)
    dry, wet = history.expect(8), history.expect(8, 0.8)
    assert np.exp(wet.log_mps - dry.log_mps) == pytest.approx(0.8)


def test_what_was_learnt_comes_back_from_its_file_and_a_broken_one_changes_nothing(tmp_path) -> None:
    history, again = TrafficHistory(NET, NO_SIGNAL), TrafficHistory(NET, NO_SIGNAL)
    history.learn(np.array([3]), 8, np.log([5.0]), np.array([0.1]))
    history.buses.learn(np.array([3]), np.array([-0.2]), np.array([4.0]))
    history.save(tmp_path / "traffic.npz")
    assert again.load(tmp_path / "traffic.npz") == 0
    assert again.expect(8).log_mps == pytest.approx(history.expect(8).log_mps)
    assert again.buses.expect()[0] == pytest.approx(history.buses.expect()[0])
    (tmp_path / "traffic.npz").write_bytes(b"no zip")
    assert again.load(tmp_path / "traffic.npz") is None
    assert again.load(tmp_path / "absent.npz") is None


def test_what_was_learnt_follows_the_edge_ids_into_another_network_and_lost_edges_are_counted(tmp_path) -> None:
    history, smaller = TrafficHistory(NET, NO_SIGNAL), grid(7, 3, 250.0)
    for _ in range(40):
        history.learn(np.array([EAST[0]]), 8, np.log([2.0]), np.array([0.001]))
    history.save(tmp_path / "traffic.npz")
    other = TrafficHistory(smaller, np.zeros(smaller.edge_count, np.bool_))
    lost = other.load(tmp_path / "traffic.npz")
    same = set(NET.edge_ids) & set(smaller.edge_ids)
    assert lost == NET.edge_count - len(same) > 0
    row = smaller.edge_index_of[NET.edge_ids[EAST[0]]]
    assert np.exp(other.expect(8).log_mps[row]) == pytest.approx(2.0, rel=0.1)


def test_cars_narrow_the_interval_more_than_as_many_buses() -> None:
    def width(is_bus: bool) -> float:
        fusion = Fusion(NET, TrafficHistory(NET, NO_SIGNAL))
        fused = fusion.fuse({EAST[2]: [Seen(1000.0, 250.0, 4, is_bus)]}, 8)
        assert fused.low_mps[EAST[2]] < fused.speed_mps[EAST[2]] < fused.high_mps[EAST[2]]
        return float(np.log(fused.high_mps[EAST[2]] / fused.low_mps[EAST[2]]))

    assert width(False) < width(True)


def test_how_buses_differ_is_learnt_where_others_drive_too_and_taken_off_elsewhere() -> None:
    fusion = Fusion(NET, TrafficHistory(NET, NO_SIGNAL))
    alone = {EAST[4]: [Seen(1000.0, 250.0, 4, True)]}
    before = fusion.fuse(alone, 8).speed_mps[EAST[4]]
    for _ in range(30):
        slow, fast = Seen(1000.0, 250.0, 4, True), Seen(1000.0, 125.0, 4, False)
        fusion.learn({edge: [slow, fast] for edge in EAST[:4]}, 8)
    faster, doubt = fusion.history.buses.expect()
    assert np.exp(faster[EAST[0]]) == pytest.approx(0.5, rel=0.1)
    assert -0.7 < faster[EAST[4]] < -0.2, "its class speaks for an edge where only buses were seen"
    assert doubt[EAST[0]] < doubt[EAST[4]]
    history = TrafficHistory(NET, NO_SIGNAL)
    history.buses = fusion.history.buses
    assert Fusion(NET, history).fuse(alone, 8).speed_mps[EAST[4]] > 1.1 * before


def test_the_probability_of_congestion_is_half_where_the_speed_is_the_bound() -> None:
    fused = Fusion(NET, TrafficHistory(NET, NO_SIGNAL)).fuse({EAST[0]: [Seen(2000.0, 500.0, 8, False)]}, 8)
    at_bound = np.exp(fused.log_mps[EAST[0]]) / 0.4
    slower, even, faster = (float(fused.congested(at_bound * k, EAST[0])) for k in (2.0, 1.0, 0.5))
    assert even == pytest.approx(0.5)
    assert faster < 0.1
    assert slower > 0.9


def test_far_from_all_that_was_seen_nothing_is_told() -> None:
    fused = Fusion(NET, TrafficHistory(NET, NO_SIGNAL)).fuse({EAST[0]: [Seen(2000.0, 500.0, 8, False)]}, 8)
    assert EAST[0] in fused.known()
    assert EAST[6] not in fused.known()
    assert fused.informed[EAST[6]] < LEAST_INFORMED


def test_states_bear_their_interval_and_edges_that_were_only_learnt_are_told_as_imputed() -> None:
    estimator = Estimator(NET)
    fixes = [fix for bus in range(12) for fix in drive(f"b{bus}", 20.0 * bus, 4.0)]
    states, _ = play(estimator, fixes, 600)
    state = states[EAST[3]]
    assert not state.imputed
    assert state.low_mps < state.traffic_mps < state.high_mps
    assert 0 < state.jam_factor <= 10
    assert state.travel_time_index > 1
    later = [
        s for end in range(610, 1900, 10) for cell in estimator.step([], START_MS + end * 1000)[0] for s in cell.states
    ]
    imputed = [s for s in later if s.edge_index == EAST[3] and s.imputed]
    assert imputed
    assert imputed[0].observations == 0
    assert imputed[0].sd_mps > 0
