"""Candidates beside the truth of a scene: what counts as right, false, excused, twice and missed."""

import pytest
from click import BadParameter

from services.score.scene_judge import Claim, Tally, judge
from services.score.scene_log import SceneLog, overlap
from services.score.scene_run import SceneCase, run_scene
from services.score.violations import LOOSE, SETS, known_rules, parse_seeds, report
from vision.scenes.pinhole import approach_camera
from vision.scenes.road_user import Look, Pose
from vision.scenes.seen import Seen
from vision.scenes.truth import Act, Pass

RED = {"after_red_s": 5.0, "red_left_s": 20.0, "tail_s": 100.2}


def act(user_id: int = 1, exception: str = "", **measured: float) -> Act:
    return Act("red_light", user_id, "motorbike", "south", 100.0, 100.2, 0.0, 0.0, exception, RED | measured)


def claim(user_id: int | None = 1, time_ms: int = 100_230) -> Claim:
    return Claim("red_light", user_id, time_ms, 1, {})


def passed(user_id: int, colour: str, reason: str = "") -> Pass:
    return Pass(user_id, "car", "south", "straight", 100.0, 100.4, 0.0, 0.0, colour, 1.0, 2.0, (), reason)


def judged(claims: list[Claim], acts: list[tuple[Act, float]], passes: list[Pass] | None = None) -> Tally:
    tally = Tally()
    judge(tally, claims, acts, passes or [], seed=1, start_ms=0)
    return tally


def test_a_claim_of_the_right_user_and_time_is_right_and_its_time_is_measured() -> None:
    tally = judged([claim()], [(act(), 1.0)])
    assert tally.found == tally.due == {"red_light": 1}
    assert tally.late_ms == pytest.approx([30.0])
    assert not tally.false


def test_a_claim_of_somebody_else_or_much_later_is_false_and_the_act_missed() -> None:
    for wrong in (claim(user_id=2), claim(user_id=None), claim(time_ms=120_000)):
        tally = judged([wrong], [(act(), 1.0)])
        assert len(tally.false) == 1
        assert tally.found == {"red_light": 0}
        assert len(tally.missed) == 1


def test_a_second_claim_of_one_act_is_told() -> None:
    assert len(judged([claim(), claim(time_ms=100_500)], [(act(), 1.0)]).doubled) == 1


def test_who_waited_in_a_queue_is_false_but_an_ambulance_needs_a_person() -> None:
    assert len(judged([claim()], [(act(exception="queue"), 1.0)]).false) == 1
    tally = judged([claim()], [(act(exception="yields"), 1.0)])
    assert (len(tally.false), len(tally.excused)) == (0, 1)
    tally = judged([claim(user_id=3)], [], [passed(3, "red", "priority_vehicle")])
    assert (len(tally.false), len(tally.excused)) == (0, 1)


def test_a_hidden_or_an_early_one_need_not_be_found() -> None:
    tally = judged([], [(act(), 0.2), (act(user_id=2, red_left_s=0.8), 1.0), (act(user_id=3, after_red_s=0.1), 1.0)])
    assert tally.due == {}
    assert (tally.hidden, tally.unclear) == (1, 2)


def test_legal_passes_are_counted_by_why_they_are_legal() -> None:
    passes = [passed(1, "red"), passed(2, "green"), passed(3, "yellow"), passed(4, "red")]
    tally = judged([], [(act(user_id=1), 1.0)], passes)
    assert tally.legal == {"green": 1, "yellow": 1, "pushed": 1}


def test_a_box_belongs_to_whom_it_covers() -> None:
    look = Look("motorbike", 1.9, 0.75, 1.1, 0.5, 0.5)
    log = SceneLog()
    boxes = {1: (0.0, 0.0, 40.0, 60.0), 2: (100.0, 0.0, 140.0, 60.0)}
    seen = [Seen(Pose(i, look, 0, 0, 0, 0), box, (), 30.0, 0.9) for i, box in boxes.items()]
    for time_ms in range(0, 1000, 40):
        log.add(time_ms, seen)
    assert log.user_at(40, (2.0, 1.0, 42.0, 58.0)) == 1
    assert log.user_at(40, (60.0, 0.0, 90.0, 60.0)) is None
    assert log.seen_share(1, 0, 900) == 1.0
    assert log.seen_share(9, 0, 900) == 0.0
    assert overlap((0, 0, 10, 10), (20, 0, 30, 10)) == 0.0


def test_seeds_are_numbers_and_ranges() -> None:
    assert parse_seeds("1,2,7-9") == [1, 2, 7, 8, 9]
    with pytest.raises(BadParameter, match="1,2,7-9"):
        parse_seeds("one")


def test_a_short_scene_goes_through_the_whole_pipeline_with_nothing_false() -> None:
    shares, rules = SETS["lights"]
    tally = Tally()
    case = SceneCase(2, 0.9, shares, known_rules(rules), approach_camera, fps=10.0, flow=LOOSE)
    run_scene(case, tally, lambda done_s: None)
    assert tally.passes > 5
    assert tally.false == []
    assert "legal passes" in report("short", tally, 5)
