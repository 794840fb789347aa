import msgspec
import pytest

from routing.congestion import Estimator
from routing.incidents import IncidentDetector, IncidentSettings, Report
from routing.incidents.camera import Count
from routing.incidents.odds import lane_or_road
from schemas.incident import Incident, IncidentState
from tests.routing.congestion.test_estimate import EAST, LEARNT, NET, START_MS, blocked, drive, play

STATE = IncidentState


def counts(standing_s: list[float], edge: int = EAST[3], flow: float = 10.0) -> list[Count]:
    return [Count(edge, "cam/in", START_MS + 30_000 * (i + 1), flow, 0.2, s) for i, s in enumerate(standing_s)]


def told(detector: IncidentDetector, reports: list[Report], now_ms: int = START_MS) -> list[Incident]:
    for report in reports:
        detector.listen(report)
    return detector.step(now_ms)


def see(detector: IncidentDetector, views: list[Count], **more) -> list[Incident]:
    return [i for view in views for i in detector.step(view.end_ms, counts=[view], **more)]


def test_several_buses_held_make_one_candidate_that_ends_when_they_go() -> None:
    _, incidents = play(Estimator(NET, history=LEARNT), blocked(), 1800)
    assert len({i.incident_id for i in incidents}) == 1
    first, last = incidents[0], incidents[-1]
    assert (first.state, last.state) == (STATE.DETECTED, STATE.CLOSED)
    assert set(incidents[-2].evidence.vehicle_ids) >= {"b0", "b1", "b2", "b3"}
    assert set(incidents[-2].evidence.route_ids) == {"09", "32"}
    assert NET.edge_ids[EAST[4]] in first.evidence.edge_ids
    assert first.updated_ms <= START_MS + 330_000, "three minutes after the first bus had to stop"
    assert last.updated_ms > START_MS + 600_000
    assert "Phố 2" in first.title.vi
    assert first.evidence.findings[0].kind == "held"
    assert "standing unusually long" in first.why.en
    assert "đứng yên lâu bất thường" in first.why.vi


def test_buses_that_pass_as_usual_make_none() -> None:
    fixes = [f for i in range(8) for f in drive(f"b{i}", 60.0 * i, 8.0)]
    assert play(Estimator(NET, history=LEARNT), fixes, 900)[1] == []


def test_a_camera_that_sees_somebody_stand_longer_than_anybody_did_makes_a_candidate() -> None:
    detector = IncidentDetector(NET)
    assert see(detector, counts([20.0, 0.0, 35.0, 0.0] * 30)) == []
    later = [shifted(c, 120) for c in counts([30.0, 60.0, 90.0, 120.0, 150.0])]
    found = see(detector, later)
    assert found
    assert found[0].evidence.camera_ids == ("cam/in",)
    assert found[0].updated_ms - (later[0].end_ms - 30_000) <= 120_000
    assert "Camera" in found[0].why.vi


def shifted(count: Count, intervals: int) -> Count:
    return Count(
        count.edge, count.place, count.end_ms + 30_000 * intervals, count.flow, count.occupancy, count.standing_s
    )


def crossed(detector: IncidentDetector, flows: list[float], seconds: float, first: int = 0) -> list[float]:
    """Return the odds that the flow of some intervals gives, each of them watched for so many seconds."""
    odds = []
    for number, flow in enumerate(flows, first):
        count = Count(EAST[2], "cam/in", START_MS + 60_000 * number, flow, 0.3, None, None, seconds)
        odds += [piece.value for piece in detector.cameras.see(count, learn=True) if piece.kind == "camera_flow"]
    return odds


def test_fewer_that_cross_in_a_minute_of_which_less_was_watched_are_no_lower_flow() -> None:
    detector = IncidentDetector(NET)
    crossed(detector, [30.0] * 30, 60.0)
    assert crossed(detector, [15.0] * 3, 30.0, first=30) == [0.0] * 3
    assert crossed(detector, [6.0] * 3, 60.0, first=33)[-1] > 1.0


def test_where_long_stands_are_usual_they_say_nothing() -> None:
    detector = IncidentDetector(NET)
    for _ in range(300):
        detector.cameras.stands.learn("cam/in", 130.0)
    assert see(detector, counts([60.0, 90.0, 120.0])) == []


def test_one_interval_told_twice_or_late_changes_nothing() -> None:
    once, twice = IncidentDetector(NET), IncidentDetector(NET)
    views = counts([30.0, 60.0, 90.0, 120.0])
    assert see(once, views) == see(twice, [v for view in views for v in (view, view, views[0])])


def test_reports_of_people_add_up() -> None:
    reports = [Report(f"r{i}", "rider", START_MS, EAST[2]) for i in range(3)]
    assert told(IncidentDetector(NET), reports[:1]) == []
    (found,) = told(IncidentDetector(NET), reports)
    assert "3 riders" in found.why.en
    assert 0.7 < found.probability < 1.0


def test_neighbouring_edges_are_one_candidate_and_far_ones_two() -> None:
    near = [Report("a", "staff", START_MS, EAST[2]), Report("b", "staff", START_MS, EAST[3])]
    far = [Report("a", "staff", START_MS, EAST[0]), Report("b", "staff", START_MS, EAST[5])]
    assert len(told(IncidentDetector(NET), near)) == 1
    assert len(told(IncidentDetector(NET), far)) == 2


def dismissed(incident: Incident, number: int, reason: str | None = "usual_queue") -> Incident:
    return msgspec.structs.replace(incident, incident_id=f"old-{number}", state=STATE.DISMISSED, reason=reason)


def test_a_place_and_a_kind_that_staff_called_false_need_more_and_taking_it_back_restores_them() -> None:
    report = [Report("a", "staff", START_MS, EAST[2])]
    (found,) = told(IncidentDetector(NET), report)
    detector = IncidentDetector(NET)
    for number in range(2):
        detector.hear(dismissed(found, number))
    assert detector.verdicts.trust("report_staff") < 1.0
    assert told(detector, report) == []
    for number in range(2):
        detector.hear(msgspec.structs.replace(dismissed(found, number), state=STATE.DETECTED))
    assert detector.verdicts.trust("report_staff") == 1.0
    assert told(detector, report, START_MS + 1)


def test_what_staff_called_false_is_told_no_more_and_stays_learnt_while_its_evidence_goes_on() -> None:
    detector = IncidentDetector(NET)
    (found,) = told(detector, [Report("a", "staff", START_MS, EAST[2])])
    detector.hear(msgspec.structs.replace(found, state=STATE.DISMISSED, updated_ms=START_MS + 5_000))
    detector.hear(msgspec.structs.replace(found, updated_ms=START_MS + 4_000))  # our own, written before, read after
    again = [Report(f"a{i}", "staff", START_MS + 60_000 * i, EAST[2]) for i in range(1, 9)]
    assert [told(detector, [report], report.time_ms) for report in again] == [[]] * 8
    assert detector.verdicts.trust("report_staff") < 1.0
    assert not detector.is_held(EAST[2])
    restarted = IncidentDetector(NET)
    assert restarted.load(detector.dump())
    assert told(restarted, [Report("b", "staff", START_MS + 600_000, EAST[2])], START_MS + 600_000) == []


def test_a_dismissal_taken_back_is_told_again() -> None:
    detector = IncidentDetector(NET)
    (found,) = told(detector, [Report("a", "staff", START_MS, EAST[2])])
    detector.hear(msgspec.structs.replace(found, state=STATE.DISMISSED, updated_ms=START_MS + 5_000))
    detector.hear(msgspec.structs.replace(found, updated_ms=START_MS + 6_000))
    (told_again,) = told(detector, [], START_MS + 60_000)
    assert told_again.incident_id == found.incident_id
    assert detector.is_held(EAST[2])


def test_what_must_not_be_learnt_from_is_not() -> None:
    detector = IncidentDetector(NET)
    (found,) = told(detector, [Report("a", "staff", START_MS, EAST[2])])
    false = msgspec.structs.replace(found, state=STATE.DISMISSED, updated_ms=START_MS + 5_000)
    detector.hear(false)
    detector.hear(msgspec.structs.replace(false, learnt=False, updated_ms=START_MS + 900_000))
    assert detector.verdicts.trust("report_staff") == 1.0
    detector.hear(msgspec.structs.replace(false, learnt=True, updated_ms=START_MS + 990_000))
    assert detector.verdicts.trust("report_staff") < 1.0


def test_already_known_is_no_false_alarm() -> None:
    (found,) = told(IncidentDetector(NET), [Report("a", "staff", START_MS, EAST[2])])
    detector = IncidentDetector(NET)
    detector.hear(dismissed(found, 1, "already_known"))
    assert detector.verdicts.trust("report_staff") == 1.0


def test_what_was_learnt_and_what_is_open_survive_a_restart() -> None:
    before = IncidentDetector(NET)
    before.stands.learn("x", 40.0)
    (found,) = told(before, [Report("a", "staff", START_MS, EAST[2])])
    before.hear(dismissed(found, 1))
    after = IncidentDetector(NET)
    assert after.load(before.dump())
    assert after.stands.known("x") == 1
    assert after.verdicts.trust("report_staff") == before.verdicts.trust("report_staff")
    assert after.is_held(EAST[2])
    (closed,) = after.step(START_MS + 7_200_000)
    assert (closed.incident_id, closed.state) == (found.incident_id, STATE.CLOSED)


@pytest.mark.parametrize("kept", [b"", b"{", b'{"form": 99}', b'{"form": 1, "open": 3}'])
def test_a_broken_or_strange_state_is_refused_whole(kept: bytes) -> None:
    detector = IncidentDetector(NET)
    assert not detector.load(kept)
    assert detector.open == {}


def test_evidence_fades() -> None:
    detector = IncidentDetector(NET, IncidentSettings())
    (found,) = told(detector, [Report("a", "staff", START_MS, EAST[2])])
    later = detector.step(START_MS + 2_400_000)
    assert [i.state for i in later] == [STATE.CLOSED]
    assert later[0].incident_id == found.incident_id


def test_what_hovers_far_below_even_odds_ends_after_a_quarter_of_an_hour_and_says_why() -> None:
    settings = IncidentSettings(
        report_odds={"staff": 7.0, "driver": 4.4}, half_life_s={"report_staff": 60.0, "report_driver": 600.0}
    )
    detector = IncidentDetector(NET, settings)
    (found,) = told(detector, [Report("s", "staff", START_MS, EAST[2])])
    ends = []
    for minute in range(1, 60):
        now_ms = START_MS + 60_000 * minute
        weak = [Report("d", "driver", now_ms, EAST[2])] if minute % 4 == 1 else []
        ends += [(minute, i) for i in told(detector, weak, now_ms) if i.state is STATE.CLOSED]
    ((minute, over),) = ends
    assert over.incident_id == found.incident_id
    assert 16 <= minute <= 24, "when the word of the staff has faded, and fifteen minutes"
    assert over.why.en == "For 15 min only little has spoken for it, not enough to suspect an incident"


def test_a_stand_that_the_tracker_lost_for_one_interval_goes_on_and_is_not_learnt_as_two() -> None:
    lost, seen = IncidentDetector(NET), IncidentDetector(NET)
    whole = [30.0, 60.0, 90.0, 120.0, 150.0, 180.0]
    for detector, tail in ((lost, [*whole[:4], 0.0, whole[5]]), (seen, whole)):
        see(detector, counts([20.0, 0.0, 0.0] * 20))
        see(detector, [shifted(c, 60) for c in counts(tail)])
    assert lost.cameras.stands.dump() == seen.cameras.stands.dump()
    now_ms = START_MS + 30_000 * 66
    assert lost.odds(EAST[3], now_ms) == pytest.approx(seen.odds(EAST[3], now_ms))


def test_buses_that_pass_say_much_against_a_blocked_road_and_little_against_a_blocked_lane() -> None:
    settings = IncidentSettings()
    stand, passes = ("camera_standing", 6.5), [("slow", -1.0)] * 4
    assert lane_or_road([stand], settings) == pytest.approx(6.5)
    assert lane_or_road([stand, *passes], settings) == pytest.approx(6.5 - 0.4, abs=0.75)
    assert lane_or_road([("held", 6.5), *passes], settings) < 4.0, "a held bus is explained by a red light"
    assert lane_or_road([], settings) == pytest.approx(0.0)


def test_one_rider_alone_opens_nothing_and_a_crowd_of_riders_is_not_believed_as_staff_is() -> None:
    crowd = [Report(f"r{i}", "rider", START_MS, EAST[2]) for i in range(50)]
    assert told(IncidentDetector(NET), crowd[:1]) == []
    (found,) = told(IncidentDetector(NET), crowd)
    assert found.probability < 0.8
    assert found.evidence.findings[0].kind == "report_rider"
    (staff,) = told(IncidentDetector(NET), [*crowd, Report("s", "staff", START_MS, EAST[2])])
    assert staff.probability > 0.95


def test_what_staff_called_false_costs_those_who_said_it_and_no_other_kind_of_people() -> None:
    detector = IncidentDetector(NET)
    for number in range(8):
        detector.hear(dismissed(told(IncidentDetector(NET), [Report("s", "staff", START_MS, EAST[2])])[0], number))
    assert detector.verdicts.trust("report_staff") == pytest.approx(4 / 12)
    assert detector.verdicts.trust("report_rider") == detector.verdicts.trust("report_driver") == 1.0


def test_a_report_of_a_later_time_waits_for_it() -> None:
    detector = IncidentDetector(NET)
    assert told(detector, [Report("s", "staff", START_MS + 60_000, EAST[2])]) == []
    assert detector.step(START_MS + 60_000)
