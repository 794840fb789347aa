"""The forecast learns how deviations fade, keeps to what is usual where nothing is known, and says how sure it is."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from routing.forecast import HORIZONS_S, Forecaster, Moment, load_forecaster, save_forecaster
from routing.network.graph import Floats

STEP_MS = 300_000
EDGES = 60
USUAL = 0.8


def moment(slot: int, now: Floats, measured: Floats | None = None) -> Moment:
    """Return a moment of roads that usually drive four fifths of their free speed."""
    count = len(now)
    usual = np.full(count, USUAL)
    seen = now if measured is None else measured
    ahead = np.tile(usual, (len(HORIZONS_S), 1))
    return Moment(slot * STEP_MS, now, usual, ahead, np.zeros(count), seen, np.ones(count))


def fading(slots: int, keep: float, seed: int = 3) -> Floats:
    """Return speeds whose deviations fade by a share each five minutes, as queues come and go."""
    rng = np.random.default_rng(seed)
    deviation = np.zeros((slots, EDGES))
    for slot in range(1, slots):
        deviation[slot] = keep * deviation[slot - 1] + rng.normal(0.0, 0.04, EDGES)
    return np.clip(USUAL + deviation, 0.05, 1.2)


def alone() -> Forecaster:
    """Return a forecaster of edges without neighbours."""
    return Forecaster([csr_matrix((EDGES, EDGES))], np.zeros(EDGES, dtype=np.int64))


def errors_of(forecaster: Forecaster, speeds: Floats, begin: int) -> tuple[Floats, Floats, Floats]:
    """Return mean errors of forecast, usual and last value by horizon, from a slot on."""
    said = [forecaster.step(moment(slot, speeds[slot])) for slot in range(len(speeds))]
    out = []
    for number, horizon_s in enumerate(HORIZONS_S):
        ahead = horizon_s // 300
        asked = range(begin, len(speeds) - ahead)
        truth = np.array([speeds[slot + ahead] for slot in asked])
        ours = np.array([said[slot].speed[number] for slot in asked])
        last = np.array([speeds[slot] for slot in asked])
        out.append([float(np.abs(rule - truth).mean()) for rule in (ours, np.full_like(truth, USUAL), last)])
    ours_, usual, last_ = np.array(out).T
    return ours_, usual, last_


@pytest.mark.parametrize("keep", [0.3, 0.97])
def test_it_learns_how_fast_deviations_fade(keep: float) -> None:
    ours, usual, last = errors_of(alone(), fading(400, keep), 250)
    assert (ours <= np.minimum(usual, last) * 1.02).all()
    assert ours.sum() < min(usual.sum(), last.sum()) * 1.005


def test_the_interval_holds_the_share_it_promises() -> None:
    speeds, forecaster = fading(500, 0.95), alone()
    inside: list[float] = []
    waiting: dict[int, tuple[Floats, Floats]] = {}
    for slot in range(len(speeds)):
        found = forecaster.step(moment(slot, speeds[slot]))
        waiting[slot + 3] = found.low[0], found.high[0]
        if slot >= 300:
            low, high = waiting[slot]
            inside.append(float(((low <= speeds[slot]) & (speeds[slot] <= high)).mean()))
    assert 0.86 <= np.mean(inside) <= 0.94


def test_what_comes_from_a_neighbour_is_foretold() -> None:
    rng = np.random.default_rng(5)
    slots = 500
    wave = np.clip(np.cumsum(rng.normal(0, 0.04, (slots, EDGES)), axis=0), -0.5, 0.2)
    speeds = np.full((slots, 2 * EDGES), USUAL)
    speeds[:, :EDGES] += wave
    speeds[3:, EDGES:] += wave[:-3]  # edge EDGES + k does in 15 minutes what edge k does now
    links = csr_matrix((np.ones(EDGES), (np.arange(EDGES) + EDGES, np.arange(EDGES))), shape=(2 * EDGES, 2 * EDGES))
    kinds = {"knows": links, "alone": csr_matrix(links.shape)}
    error = {}
    for name, beside in kinds.items():
        forecaster = Forecaster([beside], np.repeat([0, 1], EDGES))
        said = [forecaster.step(moment(slot, row)).speed[0, EDGES:] for slot, row in enumerate(speeds)]
        error[name] = float(np.abs(np.array(said[300:-3]) - speeds[303:, EDGES:]).mean())
    assert error["knows"] < 0.7 * error["alone"]


def test_before_anything_was_learnt_it_keeps_between_now_and_usual() -> None:
    now = np.full(EDGES, 0.3)
    found = alone().step(moment(0, now))
    assert (found.speed > 0.3).all()
    assert (found.speed < USUAL).all()
    assert (np.diff(found.speed, axis=0) > 0).all()
    assert (found.low < found.speed).all()
    assert (found.speed < found.high).all()
    assert (found.low > 0).all()


def test_an_edge_nobody_knows_is_as_usual_and_one_that_fell_silent_drifts_back() -> None:
    forecaster = alone()
    now = np.full(EDGES, np.nan)
    now[0] = 0.2
    forecaster.step(moment(0, now, np.full(EDGES, np.nan)))
    now[0] = np.nan
    first = forecaster.step(moment(1, now, now)).speed[0]
    later = forecaster.step(moment(4, now, now)).speed[0]
    assert first[0] < later[0] < USUAL
    assert first[1:] == pytest.approx(USUAL)


def test_nothing_is_learnt_where_nothing_was_measured() -> None:
    speeds, forecaster = fading(60, 0.9), alone()
    silent = np.full(EDGES, np.nan)
    for slot in range(60):
        forecaster.step(moment(slot, speeds[slot], silent))
    assert forecaster.horizons[0].ridge.count.sum() == 0
    assert not forecaster.horizons[0].own.sums.any()


def test_a_clock_that_jumps_teaches_nothing_wrong() -> None:
    speeds, forecaster = fading(40, 0.9), alone()
    for slot in range(20):
        forecaster.step(moment(slot, speeds[slot]))
    learnt = forecaster.horizons[2].ridge.count.sum()
    forecaster.step(moment(5000, speeds[20]))
    forecaster.step(moment(10, speeds[21]))
    assert forecaster.horizons[2].ridge.count.sum() == learnt
    assert all(len(horizon.waiting) == 1 for horizon in forecaster.horizons)


def test_what_was_learnt_survives_a_restart(tmp_path: Path) -> None:
    speeds, forecaster = fading(120, 0.95), alone()
    for slot in range(119):
        forecaster.step(moment(slot, speeds[slot]))
    save_forecaster(forecaster, tmp_path / "forecast.npz")
    again = alone()
    assert load_forecaster(again, tmp_path / "forecast.npz")
    one, two = (each.step(moment(119, speeds[119])) for each in (forecaster, again))
    assert np.allclose(one.speed[1:], two.speed[1:], atol=0.02)
    assert np.allclose(one.speed[0], two.speed[0], atol=0.02)


def test_a_file_of_other_roads_or_a_broken_one_is_not_taken(tmp_path: Path) -> None:
    other = Forecaster([csr_matrix((3, 3))], np.zeros(3, dtype=np.int64))
    save_forecaster(other, tmp_path / "other.npz")
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 half a file")
    fresh = alone()
    assert not load_forecaster(fresh, tmp_path / "other.npz")
    assert not load_forecaster(fresh, tmp_path / "broken.npz")
    assert not load_forecaster(fresh, tmp_path / "absent.npz")


def test_classes_learn_apart() -> None:
    quick, slow = fading(400, 0.2), fading(400, 0.98, seed=4)
    forecaster = Forecaster([csr_matrix((2 * EDGES, 2 * EDGES))], np.repeat([0, 1], EDGES))
    for slot in range(400):
        forecaster.step(moment(slot, np.concatenate((quick[slot], slow[slot]))))
    now = np.full(2 * EDGES, 0.4)
    found = forecaster.step(moment(400, now)).speed[0]
    assert found[:EDGES].mean() > 0.7
    assert found[EDGES:].mean() < 0.6
