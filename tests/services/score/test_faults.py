from itertools import islice

import numpy as np
import pytest

from schemas.camera import CameraState
from services.score.fault_free import Free, upper, watch, watch_clock
from services.score.fault_run import tell
from tests.vision.test_view import DRAWN
from vision.scenes.camera_day import CameraDay, DayPart
from vision.scenes.faults import FAULTS


@pytest.mark.parametrize("name", ["moved 2 % right", "roll 1 degree", "frozen", "frozen, coded anew", "blocked 60 %"])
def test_a_fault_over_good_pictures_is_told_in_time_and_no_case_of_it_is_bare(name: str) -> None:
    told = tell(DRAWN, FAULTS[name])
    assert told.after_s is not None
    assert told.after_s <= FAULTS[name].within_s
    assert (told.before, told.bare) == (0, 0)


def test_a_camera_that_is_well_gives_no_alarm_and_a_dark_one_gives_one() -> None:
    free = Free()
    watch(free, "drawn", ((i * 500, str(i), image) for i, image in enumerate(DRAWN)))
    black = [np.zeros_like(DRAWN[0])] * 12
    watch(free, "black", ((i * 500, str(i), image) for i, image in enumerate([*DRAWN[:20], *black])))
    assert free.alarms == [("black 26", CameraState.DARK)]
    assert free.looks == len(DRAWN) + 32


def test_a_day_of_a_clock_behind_a_late_network_gives_no_alarm() -> None:
    assert watch_clock(3, 24.0).alarms == []


def test_the_upper_bound_of_a_count_is_poissons() -> None:
    assert upper(0) == pytest.approx(2.996, abs=0.01)
    assert upper(2) == pytest.approx(6.296, abs=0.01)


def test_the_same_day_gives_the_same_pictures_and_dusk_is_darker_than_noon() -> None:
    def means(from_min: float) -> list[float]:
        day = CameraDay(DayPart(4, from_min, 1.0))
        return [float(image.mean()) for _, _, image in islice(day.frames(), 3)]

    assert means(720.0) == means(720.0)
    light = CameraDay(DayPart(4, 0.0, 1.0)).day.light
    assert light(720.0).ambient + light(720.0).direct > light(1090.0).ambient + light(1090.0).direct
    assert [light(minute).hour for minute in (60.0, 720.0, 1075.0, 1090.0)] == ["night", "day", "dusk", "night"]
