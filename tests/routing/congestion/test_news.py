import msgspec
import pytest

from routing.congestion.news import is_news
from routing.congestion.settings import EstimateSettings
from schemas.edge import EdgeState, LevelOfService, MotorcycleLevel

SETTINGS = EstimateSettings()
TOLD = EdgeState(
    edge_id="1/2/3", edge_index=7, time_ms=1_000_000, level=LevelOfService.SLOW, observations=2, age_s=20.0,
    speed_mps=6.0, sd_mps=1.0, traffic_mps=7.0, low_mps=4.0, high_mps=9.0, flow_mcu_per_h=900.0,
    motorcycle_level=MotorcycleLevel.B,
)  # fmt: skip


def later(seconds: float, **changed: object) -> EdgeState:
    """Return what was told, so much later, with its newest report as old as the time that went by."""
    aged = {"age_s": 20.0 + seconds, "time_ms": TOLD.time_ms + round(seconds * 1000)}
    return msgspec.structs.replace(TOLD, **(aged | changed))


def test_the_first_word_of_an_edge_is_news_and_the_same_again_is_none() -> None:
    assert is_news(None, TOLD, SETTINGS)
    assert not is_news(TOLD, later(60.0), SETTINGS)


@pytest.mark.parametrize(
    "changed",
    [
        {"level": LevelOfService.CONGESTED}, {"imputed": True}, {"motorcycle_level": MotorcycleLevel.C},
        {"speed_mps": 6.7}, {"speed_mps": None}, {"traffic_mps": 6.2}, {"low_mps": 2.9}, {"high_mps": 11.0},
        {"flow_mcu_per_h": 700.0}, {"flow_mcu_per_h": None},
    ],
)  # fmt: skip
def test_whatever_a_reader_would_see_change_is_news(changed: dict[str, object]) -> None:
    assert is_news(TOLD, later(10.0, **changed), SETTINGS)


@pytest.mark.parametrize(
    "changed", [{"speed_mps": 6.3}, {"low_mps": 4.6}, {"flow_mcu_per_h": 980.0}, {"observations": 3}, {"sd_mps": 1.1}]
)
def test_little_changes_are_none(changed: dict[str, object]) -> None:
    assert not is_news(TOLD, later(10.0, **changed), SETTINGS)


def test_a_report_that_is_two_minutes_newer_is_news_at_the_same_speed() -> None:
    assert not is_news(TOLD, later(100.0, age_s=10.0), SETTINGS)
    assert is_news(TOLD, later(130.0, age_s=10.0), SETTINGS)


def test_what_stands_is_told_again_before_those_who_read_twenty_minutes_back_could_miss_it() -> None:
    assert is_news(TOLD, later(SETTINGS.refresh_s), SETTINGS)
    assert SETTINGS.refresh_s <= 600.0
