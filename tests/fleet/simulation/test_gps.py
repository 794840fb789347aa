import numpy as np

from fleet.simulation.gps import JUMP_M, SIGMA_M, Receivers
from fleet.simulation.plan import METRES_PER_DEGREE


def errors_m(size: int, steps: int) -> np.ndarray:
    receivers = Receivers(size, seed=1)
    bus, lon, lat = np.arange(size), np.full(size, 105.8), np.full(size, 21.0)
    seen = []
    for _ in range(steps):
        receivers.step()
        _, north = receivers.read(bus, lon, lat)
        seen.append((north - lat) * METRES_PER_DEGREE)
    return np.array(seen)


def test_noise_has_the_spread_it_says_and_no_bias() -> None:
    error = errors_m(2000, 40)
    usual = error[np.abs(error) < 60]
    assert abs(usual.mean()) < 0.5
    assert 0.9 * SIGMA_M < usual.std() < 1.15 * SIGMA_M


def test_noise_drifts_instead_of_jumping_from_second_to_second() -> None:
    error = np.clip(errors_m(500, 60), -60, 60)
    near = np.corrcoef(error[:-1].ravel(), error[1:].ravel())[0, 1]
    far = np.corrcoef(error[:-50].ravel(), error[50:].ravel())[0, 1]
    assert near > 0.85
    assert far < 0.5


def test_now_and_then_a_report_lies_far_away() -> None:
    far = np.abs(errors_m(2000, 30)) > 100
    assert 0.0001 < far.mean() < 0.002
    assert np.abs(errors_m(2000, 30)).max() < JUMP_M[1] + 60
