"""What detection believes: odds as natural logarithms, seconds of event time, metres."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IncidentSettings:
    """Numbers of incident detection.

    ``prior`` is the log odds that a place is blocked now where nothing is known; ``open_at`` those at which a person
    is told, ``close_at`` those below which it is over; below ``weak_below`` it is over after ``weak_s``.
    ``half_life_s``: how fast each kind of evidence fades.
    """

    prior: float = -6.0
    open_at: float = 0.0
    close_at: float = -3.0
    weak_below: float = -1.4
    weak_s: float = 900.0
    half_life_s: dict[str, float] = field(
        default_factory=lambda: {"held": 120.0, "slow": 180.0, "camera_standing": 60.0, "camera_flow": 60.0,
                                 "report_driver": 600.0, "report_rider": 600.0, "report_staff": 900.0}
    )  # fmt: skip
    upstream_share: float = 0.6
    lane_free: float = 0.1
    lane_held: float = 0.6
    merge_m: float = 350.0
    still_m: float = 20.0
    off_stop_m: float = 40.0
    match_m: float = 30.0
    silent_s: float = 180.0
    least_stand_s: float = 80.0
    least_camera_s: float = 100.0
    least_stop_s: float = 120.0
    stop_known: int = 5
    blocked_stand_s: float = 400.0
    most: float = 8.0
    slow_most: float = 2.0
    update_every_s: float = 60.0
    again_s: float = 600.0
    riders_most: float = 7.0
    report_odds: dict[str, float] = field(default_factory=lambda: {"driver": 5.0, "rider": 3.0, "staff": 7.0})
    false_place: float = 1.5
    false_half_life_s: float = 7 * 86_400.0
