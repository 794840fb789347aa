"""Candidates beside the truth of a scene: what counts as right, false, excused, twice and missed."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click import BadParameter, ClickException

from schemas.violation import TrackPoint
from services.score import scene_looks
from services.score.parking import RULES as PARKING
from services.score.parking import parking_case
from services.score.scene_batch import run_cases, run_one
from services.score.scene_judge import Claim, Tally, judge
from services.score.scene_log import SceneLog, overlap, owner_of
from services.score.scene_looks import KeptScene, KeptStep
from services.score.scene_report import report, wilson
from services.score.scene_run import NOT_ASKED, SceneCase, SceneTruth, acts_asked, run_scene
from services.score.violations import LOOSE, SETS, known_rules, parse_seeds
from vision.eyes import Tracked
from vision.pipeline import Act as Claimed
from vision.rules import Finding
from vision.scenes.arrivals import Flow
from vision.scenes.pinhole import approach_camera
from vision.scenes.road_user import Look, Pose
from vision.scenes.seen import Seen
from vision.scenes.truth import Act, Pass
from vision.tracks import Look as TrackLook

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


def test_a_claim_of_another_rule_for_the_same_deed_is_told_apart() -> None:
    tally = judged([Claim("stop_line", 1, 103_000, 1, {})], [(act(), 1.0)])
    assert (len(tally.renamed), len(tally.false), len(tally.missed)) == (1, 0, 1)


def test_a_claim_of_who_stands_is_of_the_stand_that_began_within_it() -> None:
    stands = Act("stop_line", 1, "motorbike", "south", 100.0, 100.0, 0.0, 0.0, "", {})
    assert len(judged([Claim("stop_line", 1, 108_000, 1, {}, 98_000)], [(stands, 1.0)]).false) == 0
    assert len(judged([Claim("stop_line", 1, 118_000, 1, {}, 109_000)], [(stands, 1.0)]).false) == 1


def test_who_queued_and_then_parked_a_little_farther_on_is_claimed_for_the_stand_it_is_claimed_for() -> None:
    queued = Act("no_stopping", 1, "car", "south", 40.0, 95.0, 0.0, 0.0, "queue", {"stood_s": 55.0})
    parks = Act("no_stopping", 1, "car", "south", 98.0, 400.0, 0.0, 0.0, "", {"stood_s": 302.0})
    tally = judged([Claim("no_stopping", 1, 140_000, 1, {}, 98_000)], [(queued, 1.0), (parks, 1.0)])
    assert (tally.found, tally.false) == ({"no_stopping": 1}, [])


def test_how_many_ride_is_true_all_the_way_and_not_only_where_the_truth_notes_it() -> None:
    three = Act("too_many_riders", 1, "motorbike", "south", 100.0, 100.0, 0.0, 0.0, "", {"riders": 3.0})
    tally = judged([Claim("too_many_riders", 1, 62_000, 1, {})], [(three, 1.0)])
    assert (tally.found, tally.false) == ({"too_many_riders": 1}, [])


def test_tallies_add_up_and_shares_have_their_interval() -> None:
    both = judged([claim()], [(act(), 1.0)], [passed(2, "green")])
    both.add(judged([claim(user_id=4)], [(act(), 1.0)], [passed(2, "green"), passed(3, "yellow")]))
    assert (both.passes, both.legal, len(both.false)) == (3, {"green": 2, "yellow": 1}, 1)
    assert (both.found, both.due) == ({"red_light": 1}, {"red_light": 2})
    low, high = wilson(0, 10_000)
    assert (low, round(high, 6)) == (0.0, 0.000384)
    assert wilson(0, 0) == (0.0, 1.0)


def test_who_stands_in_a_queue_is_counted_as_one_who_stood_lawfully() -> None:
    waits = Act("no_stopping", 5, "car", "south", 10.0, 50.0, 0.0, 0.0, "queue", {"stood_s": 40.0})
    assert judged([], [(waits, 1.0)]).stood == {"queue": 1}


def test_of_a_kept_scene_it_is_known_who_stands_in_a_box_whose_track_was_joined_to_another() -> None:
    look = TrackLook(7, 40, 1, (10.04, 20.0, 30.0, 60.0), 0.9, "motorcycle", 9)
    step = KeptStep(Tracked(40, [look], 1, is_blind=False), [5], {})
    scene = KeptScene([step], SceneTruth([], [], 1.0))
    assert scene.user_at(3, 40, (10.0, 20.0, 30.0, 60.0)) == 5
    assert scene.user_at(3, 40, (50.0, 20.0, 70.0, 60.0)) is None


KERB = replace(
    parking_case(5, 0.1, known_rules(PARKING), "good", 2.0),
    shares={"no_stopping": 0.3},
    flow=Flow({"south": 600.0}),
)
RUNNERS = SceneCase(1, 1.0, {"red_light": 1.0}, ("red_light", "stop_line"), approach_camera, fps=8.0, flow=LOOSE)


@pytest.mark.parametrize("case", [KERB, RUNNERS])
def test_rules_asked_of_kept_tracks_and_lamps_say_what_they_say_of_the_film(
    case: SceneCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filmed = run_one(case)
    assert sum(filmed.found.values()) >= 1
    assert list(run_cases({"one": case}, 1, None, tmp_path)) == [("one", filmed)]
    monkeypatch.setattr(scene_looks, "FilmedScene", None)
    assert list(run_cases({"one": case}, 1, None, tmp_path)) == [("one", filmed)]
    (film,) = tmp_path.iterdir()
    film.write_bytes(film.read_bytes()[:1000])
    with pytest.raises(ClickException, match="delete it and run again"):
        list(run_cases({"one": case}, 1, None, tmp_path))


def test_a_kept_scene_is_not_run_again_and_a_broken_one_is_named(tmp_path: Path) -> None:
    case = SceneCase(1, 0.05, {}, ("red_light",), approach_camera, fps=5.0, flow=Flow({"south": 10.0}))
    ((name, first),) = run_cases({"one": case}, 1, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(msgspec.json.encode(Tally(passes=77)))
    assert [(name, tally.passes) for name, tally in run_cases({"one": case}, 1, tmp_path)] == [(name, 77)]
    kept.write_text("{")
    with pytest.raises(ClickException, match="delete it"):
        list(run_cases({"one": case}, 1, tmp_path))
    assert first.passes == 0


def test_in_nine_minutes_at_the_kerb_who_parks_is_found_and_who_stops_shortly_is_not() -> None:
    tally = run_one(parking_case(5, 0.15, known_rules(PARKING), "good", 2.0))
    assert tally.stood
    assert sum(tally.due.values()) >= 1
    assert tally.found == tally.due
    assert tally.false == []


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


def test_an_act_that_the_recording_cuts_need_not_be_found() -> None:
    stood = Act("no_stopping", 1, "car", "south", 100.0, 300.0, 0.0, 0.0, "", {"stood_s": 200.0})
    acts = [stood, replace(stood, time_s=60.0), replace(stood, until_s=3659.5), replace(stood, arm="north")]
    truth = SceneTruth([(one, 0.9) for one in [*acts, replace(stood, rule="lane")]], [], 3660.0)
    assert acts_asked(truth, ("no_stopping",)) == list(zip(acts, (0.9, NOT_ASKED, NOT_ASKED, NOT_ASKED), strict=True))


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


def claimed(owners: Mapping[int, int | None], at_ms: int = 100_000) -> int | None:
    """Return whose a claim is whose track truly shows some road users at some times."""
    box = (0.0, 0.0, 40.0, 60.0)
    finding = Finding("red_light", "south", 7, TrackLook(7, at_ms, 0, box, 0.9, "motorcycle", 30), at_ms, 0.9, {})
    track = tuple(TrackPoint(time_ms=time_ms, box=box, confidence=0.9) for time_ms in owners)
    return owner_of(Claimed(finding, (), track), lambda track_id, time_ms, at: owners[time_ms])


def test_a_claim_is_of_whom_its_track_shows_though_somebody_covers_them_at_the_moment_of_the_act() -> None:
    around = range(98_000, 102_001, 40)
    assert claimed(dict.fromkeys(around, 1) | {100_000: None}) == 1
    assert claimed(dict.fromkeys(around, 1) | {100_000: 2}) == 1


def test_a_claim_of_a_box_that_mostly_fits_nobody_is_of_nobody_and_what_was_long_before_it_tells_nothing() -> None:
    around = range(98_000, 102_001, 40)
    assert claimed(dict.fromkeys(around) | {100_000: 2}) is None
    assert claimed(dict.fromkeys(range(80000, 98000, 40), 3) | dict.fromkeys(around, 1)) == 1


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
