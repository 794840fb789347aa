from services.reports.limits import WINDOW_MS, ReportLimit
from services.reports.names import SLOT_MS, name_report

NOW_MS = 1_790_000_400_000
HERE = (105.8501, 21.0301)


def test_the_same_reporter_at_the_same_place_is_one_and_anything_else_is_another() -> None:
    name = name_report(b"s", "10.0.0.1", *HERE, NOW_MS)
    assert name == name_report(b"s", "10.0.0.1", HERE[0] + 0.0001, HERE[1], NOW_MS + 1000)
    others = {
        name_report(b"s", "10.0.0.2", *HERE, NOW_MS), name_report(b"s", "10.0.0.1", HERE[0] + 0.01, HERE[1], NOW_MS),
        name_report(b"s", "10.0.0.1", *HERE, NOW_MS + SLOT_MS), name_report(b"t", "10.0.0.1", *HERE, NOW_MS),
    }  # fmt: skip
    assert name not in others
    assert len(others) == 4
    assert "10.0.0.1" not in name


def test_a_reporter_has_so_many_in_ten_minutes_and_then_waits() -> None:
    limit = ReportLimit(most=2)
    assert [limit.take("a", NOW_MS), limit.take("a", NOW_MS + 60_000)] == [0, 0]
    assert limit.take("a", NOW_MS + 120_000) == 480
    assert limit.take("b", NOW_MS + 120_000) == 0, "others go on"
    assert limit.take("a", NOW_MS + WINDOW_MS) == 0


def test_all_reporters_together_are_limited_too_and_who_was_turned_away_does_not_count() -> None:
    limit = ReportLimit(most=1, most_of_all=3)
    assert [limit.take(str(n), NOW_MS) for n in range(3)] == [0, 0, 0]
    assert limit.take("d", NOW_MS + 1) == 600
    assert limit.take("d", NOW_MS + WINDOW_MS) == 0


def test_what_is_remembered_names_nobody() -> None:
    limit = ReportLimit()
    limit.take("203.0.113.7", NOW_MS)
    assert b"203.0.113.7" not in b"".join(limit._of)
