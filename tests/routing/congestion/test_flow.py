import numpy as np
import pytest

from routing.congestion import Estimator
from routing.congestion.flow import CameraFlows, density_per_km, level_of_flow, units_of
from routing.incidents.camera import Count
from tests.routing.congestion.test_estimate import EAST, NET, START_MS, drive


def count(end_ms: int, per_minute: float, occupancy: float | None = 0.2, edge: int = EAST[3]) -> Count:
    return Count(edge, "c1/east", end_ms, per_minute, occupancy, None, per_minute, 60.0)


def told(edge: int, mps: float) -> tuple[np.ndarray, np.ndarray]:
    log_mps, variance = np.zeros(NET.edge_count), np.full(NET.edge_count, np.inf)
    log_mps[edge], variance[edge] = np.log(mps), 0.05
    return log_mps, variance


def test_road_users_count_in_motorcycle_units_of_hanoi() -> None:
    assert units_of({"motorcycle": 10, "car": 2, "bus": 1, "bicycle": 1}) == pytest.approx(10 + 6.8 + 10.5 + 1.4)
    assert units_of({"minibus": 1, "person": 5}) == pytest.approx(8.3)


@pytest.mark.parametrize(
    ("flow", "lanes", "congested", "level"),
    [(2_000, 2, False, "A"), (7_000, 2, False, "B"), (13_000, 2, False, "E"), (14_000, 2, False, "F"),
     (14_000, 3, False, "C"), (2_000, 2, True, "F"), (40_000, 9, False, "F"), (0, 0, False, "A")],
)  # fmt: skip
def test_the_level_is_the_share_of_what_the_lanes_let_through(
    flow: float, lanes: int, congested: bool, level: str
) -> None:
    assert level_of_flow(flow, lanes, congested).value == level


def test_density_is_flow_over_speed() -> None:
    assert density_per_km(7_200.0, 5.0) == pytest.approx(400.0)


def test_a_view_tells_speeds_only_after_it_was_compared_with_vehicles_and_then_halves_them_with_twice_the_fill() -> (
    None
):
    flows = CameraFlows(NET)
    for minute in range(30):
        flows.see([count(60_000 * (minute + 1), 60.0)], 60_000 * (minute + 1))
        if minute == 3:
            assert flows.speeds() == {}
        flows.learn(*told(EAST[3], 10.0))
    mps, variance = flows.speeds()[EAST[3]]
    assert np.exp(mps) == pytest.approx(10.0)
    flows.see([count(60_000 * 31, 60.0, 0.4)], 60_000 * 31)
    slow, _ = flows.speeds()[EAST[3]]
    assert np.exp(slow) == pytest.approx(5.0)
    assert 0.25 < variance < 0.4


def test_old_intervals_and_empty_views_say_nothing() -> None:
    flows = CameraFlows(NET)
    flows.see([count(60_000, 30.0, None)], 60_000)
    assert flows.flows() == {EAST[3]: 1_800.0}
    flows.learn(*told(EAST[3], 10.0))
    assert flows.speeds() == {}
    flows.see([], 600_000)
    assert flows.flows() == {}


def test_states_of_watched_edges_bear_flow_density_and_level() -> None:
    estimator, states = Estimator(NET), {}
    fixes = [fix for bus in range(12) for fix in drive(f"b{bus}", 20.0 * bus, 8.0)]
    for end in range(10, 400, 10):
        now = START_MS + end * 1000
        counts = [count(now, 120.0)] if end % 60 == 0 else []
        due = [fix for fix in fixes if now - 10_000 < fix.time_ms <= now]
        for cell in estimator.step(due, now, counts)[0]:
            states |= {state.edge_index: state for state in cell.states}
    watched = states[EAST[3]]
    assert watched.flow_mcu_per_h == pytest.approx(7_200.0)
    assert watched.density_mcu_per_km == pytest.approx(7_200.0 / 3.6 / watched.traffic_mps, rel=0.02)
    assert watched.motorcycle_level is not None
    assert states[EAST[2]].flow_mcu_per_h is None
