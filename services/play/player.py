"""A recorded day in its own clock: what is due when, at any speed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from schemas.feed import ClockTick
from schemas.fix import Fix
from services.play.bodies import Body, make_body

BATCH_WALL_S = 1.0
MAX_BATCH = 2_000


class Door(Protocol):
    """Where bodies and ticks go."""

    def send_body(self, body: Body) -> None:
        """Send one body of fixes."""

    def send_tick(self, tick: ClockTick) -> None:
        """Send one tick of the city's clock."""


def in_order(fixes: Sequence[Fix], from_ms: int | None = None, until_ms: int | None = None) -> list[Fix]:
    """Return the fixes of a span by their time; those of one moment as they stood.

    Parameters
    ----------
    fixes : sequence of Fix
        A recording.
    from_ms, until_ms : int, optional
        The span, its end excluded.

    Returns
    -------
    list of Fix
        Sorted.
    """
    chosen = (
        fix
        for fix in fixes
        if (from_ms is None or fix.time_ms >= from_ms) and (until_ms is None or fix.time_ms < until_ms)
    )
    return sorted(chosen, key=lambda fix: fix.time_ms)


def batches(fixes: Sequence[Fix], step_ms: int) -> Iterator[tuple[int, list[Fix]]]:
    """Cut fixes in order into steps of event time.

    Parameters
    ----------
    fixes : sequence of Fix
        Sorted by time.
    step_ms : int
        Length of a step.

    Yields
    ------
    tuple of int and list of Fix
        End of the step in event time, and the fixes that lie in it; steps may be empty.
    """
    if not fixes:
        return
    end_ms, at = fixes[0].time_ms, 0
    while at < len(fixes):
        end_ms += step_ms
        start = at
        while at < len(fixes) and fixes[at].time_ms < end_ms:
            at += 1
        yield end_ms, list(fixes[start:at])


def play(
    fixes: Sequence[Fix],
    door: Door,
    *,
    speed: float,
    form: str,
    source: str,
    wall_ms: Callable[[], int],
    wait: Callable[[float], object],
    progress: Callable[[int, int], None],
) -> None:
    """Push fixes through a door in their own clock.

    Parameters
    ----------
    fixes : sequence of Fix
        Sorted by time.
    door : Door
        Where they go.
    speed : float
        Seconds of the recording per wall second.
    form : str
        The recording's format, names the door.
    source : str
        Name of the player.
    wall_ms : callable
        The wall clock.
    wait : callable
        Waits so many seconds; raises to stop.
    progress : callable
        Told the event time reached and how many fixes were sent.
    """
    if not fixes:
        return
    first_ms, began_ms, sent = fixes[0].time_ms, wall_ms(), 0

    def tick(event_ms: int) -> None:
        door.send_tick(ClockTick(event_ms=event_ms, wall_ms=wall_ms(), speed=speed, source=source))

    tick(first_ms)
    for end_ms, batch in batches(fixes, round(BATCH_WALL_S * speed * 1000)):
        late_s = (wall_ms() - began_ms) / 1000 - (end_ms - first_ms) / 1000 / speed
        if late_s < 0:
            wait(-late_s)
        elif late_s > BATCH_WALL_S:
            # The doors were slow: the city's clock waits for the data rather than running away from it.
            began_ms = wall_ms() - round((end_ms - first_ms) / speed)
        for start in range(0, len(batch), MAX_BATCH):
            door.send_body(make_body(batch[start : start + MAX_BATCH], form))
        sent += len(batch)
        tick(end_ms)
        progress(end_ms, sent)
