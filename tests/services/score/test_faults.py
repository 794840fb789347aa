import numpy as np
import pytest

from schemas.camera import CameraState
from services.score.fault_free import Alarm, Free, upper, watch, watch_clock
from services.score.fault_run import tell
from services.score.faults import CLOCKS, _clock
from tests.vision.test_view import DRAWN
from vision.scenes.faults import FAULTS, Fault


@pytest.mark.parametrize("name", ["moved 2 % right", "roll 1 degree", "frozen", "frozen, coded anew", "blocked 60 %"])
def test_a_fault_over_good_pictures_is_told_in_time_and_no_case_of_it_is_bare(name: str) -> None:
    told = tell(DRAWN, FAULTS[name])
    assert told.after_s is not None
    assert told.after_s <= FAULTS[name].within_s
    assert (told.before, told.bare) == (0, 0)


def test_a_camera_that_is_well_gives_no_alarm_and_a_dark_one_gives_one() -> None:
    free = Free()
    watch(free, "drawn", ((i * 500, image) for i, image in enumerate(DRAWN)), lambda: "")
    black = [np.zeros_like(DRAWN[0])] * 12
    watch(free, "black", ((i * 500, image) for i, image in enumerate([*DRAWN[:20], *black])), lambda: "at night")
    assert free.alarms == [Alarm("black at night", "dark", 2.5)]
    assert free.looks == len(DRAWN) + 32


def test_a_day_of_a_clock_behind_a_late_network_gives_no_alarm() -> None:
    assert watch_clock(3, 24.0).alarms == []


def test_the_upper_bound_of_a_count_is_poissons() -> None:
    assert upper(0) == pytest.approx(2.996, abs=0.01)
    assert upper(2) == pytest.approx(6.296, abs=0.01)


@pytest.mark.parametrize("name", CLOCKS)
def test_cases_of_a_clock_that_goes_wrong_say_so_at_the_latest_when_it_is_told(name: str) -> None:
    fault = Fault(lambda image, _since_ms, _last: image, frozenset({CameraState.CLOCK}), 110.0)
    told = tell(DRAWN, fault, clock_off_ms=_clock(CLOCKS[name], 1))
    assert told.after_s is not None
    assert told.bare <= (20 if "slow" in name else 0)  # one that is slow is right for ten seconds, by 0.1 s
