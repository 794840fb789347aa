"""Clocks that are another time zone off: whole or half hours, as no clock drifts."""

HALF_HOUR_MS = 1_800_000
MOST_MS = 14 * 3_600_000  # zones reach from UTC-12 to UTC+14; a feed between two of them is hardly ever farther off
UNDER_WAY_MS = 90_000  # a report takes so long at most, or it is late for other reasons
AHEAD_MS = 5_000  # our own clock's error


def zone_of(ahead_ms: float) -> int | None:
    """Return by how many whole or half hours a clock is ahead, ``None`` where it is off otherwise or not at all.

    Parameters
    ----------
    ahead_ms : float
        A report's time less when it came; the way it took is in it.

    Returns
    -------
    int or None
        Milliseconds, a multiple of half an hour, negative where the clock is behind. A backlog hits one by chance one
        time in twenty.
    """
    zone_ms = round((ahead_ms + UNDER_WAY_MS / 2) / HALF_HOUR_MS) * HALF_HOUR_MS
    if zone_ms == 0 or abs(zone_ms) > MOST_MS:
        return None
    return zone_ms if -UNDER_WAY_MS <= ahead_ms - zone_ms <= AHEAD_MS else None


def hours_of(zone_ms: int) -> tuple[str, str]:
    """Return a zone's size in words, Vietnamese and English: ``7 giờ``, ``5 h 30 min``."""
    hours, minutes = divmod(abs(zone_ms) // 60_000, 60)
    more = (f" {minutes} phút", f" {minutes} min") if minutes else ("", "")
    return (f"{hours} giờ{more[0]}", f"{hours} h{more[1]}") if hours else (more[0].strip(), more[1].strip())
