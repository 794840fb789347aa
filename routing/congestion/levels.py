"""Level of service: how traffic moves against how it moves when light.

The scale holds for a bus among motorbikes: shares of the edge's own free speed, not
of a limit that nobody reaches in a street.
"""

from schemas.edge import LevelOfService

FREE_SHARE = 0.65
SLOW_SHARE = 0.4
CONGESTED_SHARE = 0.15


def level_of(speed_mps: float, free_mps: float) -> LevelOfService:
    """Return the level of service of a speed.

    Parameters
    ----------
    speed_mps : float
        Speed now.
    free_mps : float
        Speed of the same edge when traffic is light, > 0.

    Returns
    -------
    LevelOfService
        Never ``no_data``.
    """
    share = speed_mps / max(free_mps, 0.1)
    if share >= FREE_SHARE:
        return LevelOfService.FREE
    if share >= SLOW_SHARE:
        return LevelOfService.SLOW
    return LevelOfService.CONGESTED if share >= CONGESTED_SHARE else LevelOfService.BLOCKED


def jam_factor(speed_mps: float, free_mps: float) -> float:
    """Return 0 (free) to 10 (standing): ten times the share of the free speed that is lost."""
    return 10.0 * min(max(1.0 - speed_mps / max(free_mps, 0.1), 0.0), 1.0)
