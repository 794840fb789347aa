"""Several trackers add up to one: the health of a source is that of all its buses."""

from schemas.feed import FeedHealth
from schemas.position import Quality
from services.track.shares import add_up

NOW_MS = 1_795_305_600_000


def health(source: str, fixes: int, live: int, correct: float, newest_ms: int | None) -> FeedHealth:
    return FeedHealth(
        source=source,
        time_ms=NOW_MS - 5000,
        newest_fix_ms=newest_ms,
        fixes=fixes,
        vehicles=10,
        vehicles_live=live,
        delay_p50_s=2.0,
        quality=Quality(correct=correct, complete=1.0, clean=1.0, live=1.0),
        verdicts={"late": fixes // 10},
    )


def test_the_parts_of_a_source_add_up_by_their_fixes() -> None:
    parts = [
        health("ufms", 100, 5, 1.0, NOW_MS - 9000),
        health("other", 10, 1, 0.5, None),
        health("ufms", 300, 10, 0.8, NOW_MS - 1000),
    ]
    other, ufms = add_up(parts, NOW_MS)
    assert other.source == "other"
    assert (ufms.time_ms, ufms.newest_fix_ms, ufms.fixes) == (NOW_MS, NOW_MS - 1000, 400)
    assert (ufms.vehicles, ufms.vehicles_live, ufms.verdicts) == (20, 15, {"late": 40})
    assert ufms.quality.correct == 0.85
    assert ufms.quality.live == 0.75
