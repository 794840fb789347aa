import numpy as np

from fleet.simulation.lights import place_lights
from fleet.simulation.plan import make_path
from tests.fleet.simulation.builders import START_MS, straight


def test_only_signals_on_the_road_are_met_and_in_order() -> None:
    course = straight()
    lights = place_lights(1, [course], [(105.83, 21.0), (105.81, 21.0001), (105.82, 21.01)])
    at_m = lights.at_m[:-1]
    assert len(at_m) == 2
    assert at_m[0] < at_m[1]
    np.testing.assert_allclose(at_m, [1038.0, 3114.0], atol=8.0)
    assert lights.at_m[-1] == np.inf


def test_a_junction_mapped_with_several_signals_counts_once() -> None:
    near = [(105.81, 21.0), (105.8102, 21.0), (105.8104, 21.0)]
    assert len(place_lights(1, [straight()], near).at_m) == 2


def test_crossing_roads_are_not_green_together() -> None:
    east = straight()
    north = make_path(np.full(50, 105.82), np.linspace(20.98, 21.02, 50))
    lights = place_lights(1, [east, north], [(105.82, 21.0)])
    first, second = lights.first[0], lights.first[1]
    for second_of_day in range(120):
        now = START_MS + second_of_day * 1000
        red = lights.is_red(np.array([first, second]), now)
        assert red.sum() == 1


def test_a_city_without_signals_has_none_to_meet() -> None:
    assert place_lights(1, [straight()], []).at_m.tolist() == [np.inf]
