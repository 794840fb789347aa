"""Many passes of a stop line with shaken boxes: nothing legal is claimed, every ride on red is, at its time."""

import numpy as np
import pytest

from tests.vision.rules.passes import Chance, away, found_at, towards

NOISE = 0.02
LEGAL, ACTS = 24, 12


@pytest.mark.parametrize("sign", [1, -1])
def test_legal_passes_give_nothing(sign: int) -> None:
    config, chance = (away if sign > 0 else towards)(), Chance(40 + sign, sign)
    cases = [chance.legal() for _ in range(LEGAL)]
    assert {case.kind for case in cases} >= {"late_yellow", "pushed", "early", "over_a_bit"}
    found = [(case.kind, found_at(config, case, NOISE, k, fps=12.5)) for k, case in enumerate(cases)]
    assert [each for each in found if each[1]] == []


@pytest.mark.parametrize("sign", [1, -1])
def test_rides_on_red_are_found_once_with_the_time_of_the_end_that_is_seen(sign: int) -> None:
    config, chance = (away if sign > 0 else towards)(), Chance(70 + sign, sign)
    off_ms = []
    for k in range(ACTS):
        case = chance.act()
        found = found_at(config, case, NOISE, k)
        assert [(rule, track) for rule, track, _ in found] == [("red_light", 1)], (case.kind, case.nose_s)
        off_ms.append((found[0][2] - (case.tail_s if sign > 0 else case.nose_s)) * 1000)
    assert np.percentile(np.abs(off_ms), 90) <= 40.0
