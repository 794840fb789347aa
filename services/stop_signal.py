"""Signals that set an event, from whatever the main thread is in the middle of."""

import queue
import signal
import threading
from collections.abc import Iterable


def stop_on_signals(stop: threading.Event, numbers: Iterable[int]) -> None:
    """Set an event when one of some signals comes; to be called from the main thread.

    A handler runs between two steps of the main thread, which may hold the event's lock just then, as it does while it
    begins to wait or handles the signal before: were the handler to set the event, it would wait for itself for ever.
    `queue.SimpleQueue.put` may be called from anywhere; a thread beside does the rest.

    Parameters
    ----------
    stop : threading.Event
        Set soon after a signal.
    numbers : iterable of int
        The signals.
    """
    came: queue.SimpleQueue[int] = queue.SimpleQueue()

    def tell() -> None:
        came.get()
        stop.set()

    threading.Thread(target=tell, name="signals", daemon=True).start()
    for number in numbers:
        signal.signal(number, lambda number, _frame: came.put(number))
