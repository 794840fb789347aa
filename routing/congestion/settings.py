"""What the estimator believes: windows in seconds of event time, shares, metres."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EstimateSettings:
    """Numbers of the estimator, of usual speeds and of incident candidates."""

    cycle_s: int = 10
    field_s: int = 60
    learn_s: int = 300
    match_lag_s: float = 30.0
    slip_back_m: float = 25.0
    car_sources: frozenset[str] = frozenset()
    lag_s: int = 5
    window_s: float = 600.0
    half_life_s: float = 150.0
    refresh_s: float = 300.0
    renew_s: float = 120.0
    max_gap_s: float = 150.0
    max_ahead_s: float = 120.0
    max_bus_mps: float = 33.0
    stop_radius_m: float = 25.0
    standing_mps: float = 1.0
    standing_m: float = 8.0
    min_sure: float = 0.5
    usual_min_passes: int = 5
    signal_radius_m: float = 60.0
    utc_offset_s: int = 25_200
