"""Feeds in which all vehicles bear one time, that of the message: nobody knows how old each report really is."""

from fleet.cleaning.recent import WINDOW_MS, Counts

FEWEST = 5  # vehicles, and messages: fewer may agree by chance
TOGETHER = 0.5
APART_S = 5.0  # where moments lie closer, vehicles may well report in each


def has_one_time(counts: Counts) -> bool:
    """Return whether vehicles that report at intervals all do so in the same few moments.

    Parameters
    ----------
    counts : Counts
        What a source sent in the last ten minutes.

    Returns
    -------
    bool
        True too for trackers that all wake by the same clock: what they say is as true, but nobody can tell.
    """
    moments, vehicles = len(counts.times_s), len(counts.vehicles)
    if vehicles < FEWEST or not FEWEST <= moments <= WINDOW_MS / 1000 / APART_S:
        return False
    return counts.fixes >= TOGETHER * moments * vehicles
