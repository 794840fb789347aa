"""Which state of an edge is worth telling: one that differs from what was told, or stood for long without a word."""

from routing.congestion.settings import EstimateSettings
from schemas.edge import EdgeState

# The least differences in metres a second, and as shares of what was told.
SPEED_MPS, SPEED_SHARE = 0.5, 0.1
BOUND_MPS, BOUND_SHARE = 1.0, 0.2
FLOW_MCU_PER_H, FLOW_SHARE = 100.0, 0.2


def is_news(old: EdgeState | None, new: EdgeState, settings: EstimateSettings) -> bool:
    """Tell whether readers would see or do something else with the new state.

    Parameters
    ----------
    old : EdgeState or None
        What was told last.
    new : EdgeState
        What is known now.
    settings : EstimateSettings
        How long a state may stand without a word, and how much newer its newest report may be.
    """
    if old is None or _words(old) != _words(new):
        return True
    if new.time_ms - old.time_ms >= settings.refresh_s * 1000 or _newer_s(old, new) >= settings.renew_s:
        return True
    return (
        _differs(old.speed_mps, new.speed_mps, SPEED_MPS, SPEED_SHARE)
        or _differs(old.traffic_mps, new.traffic_mps, SPEED_MPS, SPEED_SHARE)
        or _differs(old.low_mps, new.low_mps, BOUND_MPS, BOUND_SHARE)
        or _differs(old.high_mps, new.high_mps, BOUND_MPS, BOUND_SHARE)
        or _differs(old.flow_mcu_per_h, new.flow_mcu_per_h, FLOW_MCU_PER_H, FLOW_SHARE)
    )


def _words(state: EdgeState) -> tuple[object, ...]:
    return state.level, state.imputed, state.motorcycle_level


def _newer_s(old: EdgeState, new: EdgeState) -> float:
    """Return by how much the newest report is newer, 0 where nobody reported."""
    if old.age_s is None or new.age_s is None:
        return 0.0
    return (new.time_ms - old.time_ms) / 1000.0 - new.age_s + old.age_s


def _differs(old: float | None, new: float | None, least: float, share: float) -> bool:
    if old is None or new is None:
        return old is not new
    return abs(new - old) >= max(least, share * old)
