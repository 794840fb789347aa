import subprocess
import sys

import pytest

# The handler runs while the main thread holds the event's lock, as it does at the beginning of every wait.
HELD = """
import os, signal, threading
from services.stop_signal import stop_on_signals
stop = threading.Event()
stop_on_signals(stop, (signal.SIGTERM, signal.SIGINT))
with stop._cond:
    for number in {numbers}:
        os.kill(os.getpid(), number)
print("stopped" if stop.wait(30) else "not told", flush=True)
"""


@pytest.mark.parametrize("numbers", [[15], [2], [15, 15, 2]])
def test_a_signal_stops_also_a_main_thread_that_just_begins_to_wait_for_it(numbers: list[int]) -> None:
    command = [sys.executable, "-c", HELD.format(numbers=numbers)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "stopped"), done.stderr
