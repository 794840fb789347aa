"""The real junctions: what the rules find beside what people saw.

Frames 113, 232, 235, 239 and 245 are not in the annotations (their recall was not checked); each was looked at frame by
frame: riders over the line 1.6 to 24 s before green (239: in orange with a passenger, the rear wheel past it at
238; looked at twice).
"""

import json

import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS, watched

SEEN_BY_EYE = {113, 232, 235, 239, 245}
NEAR = 3


def truth(name: str) -> dict[str, list[dict[str, object]]]:
    return json.loads(shared_data("cameras", "annotations.json").read_text())["clips"][CLIPS[name]]


def frames_of(name: str, rule: str) -> list[int]:
    return sorted(act.finding.at.frame for act in watched(name).acts if act.finding.rule == rule)


@pytest.mark.data
def test_every_checked_red_light_crossing_is_found() -> None:
    found = frames_of("ly_thuong_kiet", "red_light")
    wanted = [int(str(event["frame"])) for event in truth("ly_thuong_kiet")["red_light_crossings"]]
    assert [w for w in wanted if not any(abs(f - w) <= NEAR for f in found)] == []


@pytest.mark.data
def test_nothing_is_claimed_that_people_did_not_see() -> None:
    known = {int(str(e["frame"])) for e in truth("ly_thuong_kiet")["red_light_crossings"]} | SEEN_BY_EYE
    found = frames_of("ly_thuong_kiet", "red_light")
    assert [f for f in found if not any(abs(f - k) <= NEAR for k in known)] == []
    assert len(found) == len(set(found))


@pytest.mark.data
def test_early_starts_and_the_queue_of_cars_are_not_claimed() -> None:
    acts = [act.finding for act in watched("ly_thuong_kiet").acts]
    assert {act.at.label for act in acts if act.rule == "red_light"} == {"motorcycle"}
    early = [int(str(e["frame"])) for e in truth("ly_thuong_kiet")["early_starts_within_1s_of_green"]]
    assert [act for act in acts if act.rule == "red_light" and act.at.frame >= min(early) - 1] == []
    assert [act for act in acts if act.rule == "stop_line" and act.at.label == "car"] == []


@pytest.mark.data
def test_the_riders_beyond_the_centre_line_are_found() -> None:
    found = frames_of("ly_thuong_kiet", "wrong_side")
    events = truth("ly_thuong_kiet")["wrong_side_of_centre_line_moving_up"]
    around = [int(str(event["around_frame"])) for event in events]
    assert len(found) == len(around)
    assert all(abs(f - a) <= 12 for f, a in zip(found, around, strict=True))


@pytest.mark.data
def test_the_pickups_one_red_light_run_is_found() -> None:
    found = [act.finding for act in watched("redlight_pickup").acts]
    assert [(f.rule, f.at.label) for f in found] == [("red_light", "car")]
    assert abs(found[0].at.frame - 65) <= NEAR


@pytest.mark.data
def test_all_that_crossed_the_line_are_counted() -> None:
    total: dict[str, int] = {}
    for row in watched("ly_thuong_kiet").counts:
        for label, count in row.counts.items():
            total[label] = total.get(label, 0) + count
    assert total["car"] == 4  # the two of the queue and two behind them
    assert total["motorcycle"] >= 12
