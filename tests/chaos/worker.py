"""A worker: `python -m tests.chaos.worker ROLE`, what the supervisor starts and what the chaos kills.

``step`` runs the real runner with a step that turns each fix into a position (topic to topic) and writes one plain
row for it (topic to database). ``archive`` is the real archive service. The settings come from the environment, as
they do for every service; SIGTERM asks it to leave.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from services.archive import pipeline as archive
from services.context import Context
from services.logs import set_up_logs
from services.settings import Settings
from services.stop_signal import stop_on_signals
from services.store.engine import open_store
from services.stream import embedded_group, open_stream
from services.stream.runner import Incoming, Result, run_step
from tests.chaos.doom import POINTS, Doom, DoomedStream
from tests.chaos.effects import write_effects
from tests.chaos.numbers import OUT, TOPIC, position_of

GROUP = "chaos"
MAX_RECORDS = 60  # small, so that a round has many turns and many moments to die at
_log = structlog.get_logger("chaos")


def transform(batch: Sequence[Incoming[Any]]) -> Result:
    """Make a position of each fix, and one plain row."""
    outputs = [(OUT, incoming.key, position_of(incoming.message)) for incoming in batch]
    return Result(outputs=outputs, write=lambda session: write_effects(session, batch))


def run(context: Context) -> None:
    """Run the step until told to stop."""
    with open_store(context.settings.place.database_url) as store:
        run_step(context, group=GROUP, topics=[TOPIC], handle=transform, store=store, max_records=MAX_RECORDS)


ROLES = {"step": run, "archive": archive.run}


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(3)


def main(**roles: Callable[[Context], None]) -> None:
    """Work until told to stop, until a fault, or until the chosen death; ``roles`` take the place of the real ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--doom", choices=POINTS)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--stop", action="store_true", help="stop there instead of dying")
    parser.add_argument("--max-poll-s", type=float, help="how long an embedded member may be silent")
    asked = parser.parse_args()
    stop = threading.Event()
    stop_on_signals(stop, [signal.SIGTERM])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if asked.max_poll_s is not None:
        embedded_group.MAX_POLL_S = embedded_group.AWAY_S = asked.max_poll_s
        embedded_group.SIGN_OF_LIFE_S = asked.max_poll_s / 4
    settings = Settings()
    set_up_logs(settings.log, asked.role)
    doom = Doom(asked.doom, asked.count, signal.SIGSTOP if asked.stop else signal.SIGKILL)
    doom.watch_database()
    stream: Any = DoomedStream(open_stream(settings.place.stream_url), doom)
    try:
        {**ROLES, **roles}[asked.role](Context(settings, stream, stop=stop))
    except Exception:  # noqa: BLE001 - whatever it was, the process ends and is started again
        _log.exception("ended by a fault")
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
