import datetime as dt

import pytest

from services.cases.law import CLAUSES, LAW_ZONE, find_clause
from vision.camera import RULES


def ms(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp() * 1000)


NOW = ms("2026-11-22T10:00:00+07:00")


@pytest.mark.parametrize(
    ("road_user", "place", "fine"),
    [
        ("car", "6.9.b", (18_000_000, 20_000_000)),
        ("bus", "6.9.b", (18_000_000, 20_000_000)),
        ("motorcycle", "7.7.c", (4_000_000, 6_000_000)),
    ],
)
def test_a_red_light_has_its_clause_of_decree_168(road_user: str, place: str, fine: tuple[int, int]) -> None:
    finding = find_clause("red_light", road_user, ms("2026-11-01T08:00:00+07:00"), NOW)
    assert finding.clause is not None
    assert finding.clause.id.endswith(place)
    assert (finding.clause.fine_vnd, finding.clause.points) == (fine, 4)
    assert finding.reason is None


def test_every_rule_of_the_cameras_has_its_clauses_and_screening_says_why_it_has_none() -> None:
    for rule in RULES:
        finding = find_clause(rule, "motorcycle" if rule in {"helmet", "too_many_riders"} else "car", NOW, NOW)
        if rule == "speed_screening":
            assert finding.clause is None
            assert finding.reason is not None
            assert "screens" in finding.reason.en
        else:
            assert finding.clause is not None, rule
            assert finding.clause.rule == rule


def test_an_act_of_2022_has_no_clause_and_the_reason_says_so_plainly() -> None:
    finding = find_clause("red_light", "car", ms("2022-09-25T16:41:50+07:00"), NOW)
    assert finding.clause is None
    assert finding.reason is not None
    assert "2022-09-25" in finding.reason.en
    assert "25/09/2022" in finding.reason.vi


def test_the_day_of_the_act_is_hanois_day() -> None:
    last_second = ms("2024-12-31T23:59:59+07:00")
    assert find_clause("red_light", "car", last_second, NOW).clause is None
    assert find_clause("red_light", "car", last_second + 1000, NOW).clause is not None


def test_a_year_later_the_limitation_has_ended() -> None:
    finding = find_clause("red_light", "car", ms("2025-11-20T08:00:00+07:00"), NOW)
    assert finding.clause is not None
    assert finding.reason is not None
    assert "2026-11-20" in finding.reason.en


def test_a_bicycle_has_no_clause_in_the_catalogue() -> None:
    assert find_clause("red_light", "bicycle", NOW, NOW).clause is None


def test_no_two_clauses_of_one_rule_and_road_user_are_in_force_on_one_day() -> None:
    for clause in CLAUSES:
        others = [c for c in CLAUSES if c is not clause and (c.rule, c.road_user) == (clause.rule, clause.road_user)]
        assert all(c.in_force_to is not None and c.in_force_to < clause.in_force_from for c in others)


def test_the_law_speaks_hanoi_time() -> None:
    assert LAW_ZONE.key == "Asia/Ho_Chi_Minh"
