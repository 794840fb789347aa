"""`python -m services.run.child NAME`: one service as a process of its own."""

import ctypes
import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

import structlog

from services.city.folder import CityError, CityFolder
from services.context import Context
from services.logs import set_up_logs
from services.run.lag import WatchedStream
from services.run.services import SERVICES, is_simulated
from services.settings import Settings, SettingsError

PARENT_ENV = "SUPERVISOR_PID"
STOP_GRACE_S = 5.0
PR_SET_PDEATHSIG = 1
CLOCK_LOOK_BACK_MS = 30_000
CLOSE_S = 1.0
WITHOUT_CITY = ("ingest", "archive", "api")

log = structlog.get_logger("services.run")


def main(name: str) -> int:
    """Run one service until it is told to stop.

    Parameters
    ----------
    name : str
        One of `services.run.services.SERVICES`.

    Returns
    -------
    int
        The process's exit code: 0 asked to stop, 1 failed, 2 cannot be set up.
    """
    stop = threading.Event()
    follow_parent(stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = Settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    set_up_logs(settings.log, name)
    try:
        return _serve(name, settings, stop)
    except Exception:
        log.exception("ended by a fault")
        return 1


def _serve(name: str, settings: Settings, stop: threading.Event) -> int:
    service = SERVICES[name]
    lacking = _lacking(name, settings)
    if lacking:
        log.info(f"idle: {lacking}")
        stop.wait()
        return 0
    from services.stream import open_stream

    run: Callable[[Context], None] = importlib.import_module(service.module).run
    stream = WatchedStream(open_stream(settings.place.stream_url), settings.run.var_dir / "run" / f"{name}.lag.json")
    context = Context(settings=settings, stream=stream, stop=stop)
    clock = threading.Thread(target=_follow_clock, args=(context,), name="city-clock", daemon=True)
    clock.start()
    try:
        if not stop.is_set():  # told to stop while it was still importing
            run(context)
        if not stop.is_set():
            log.info("has nothing more to do")
    finally:
        stop.set()
        close_in_time(stream.close, clock)
    return 0


def close_in_time(close: Callable[[], object], clock: threading.Thread, timeout_s: float = CLOSE_S) -> None:
    """Close the log, but wait no longer than a moment: a broker that is away must not hold up a stop.

    Parameters
    ----------
    close : callable
        Closes the log.
    clock : Thread
        Reads the clock's topic; ends by itself.
    timeout_s : float
        How long to wait.
    """
    clock.join(timeout_s)
    closing = threading.Thread(target=close, name="close", daemon=True)
    closing.start()
    closing.join(timeout_s)


def _lacking(name: str, settings: Settings) -> str | None:
    try:
        city = CityFolder(settings.place.city_dir)
    except CityError as error:
        return str(error) if name not in WITHOUT_CITY else None
    if name == "simulate" and not is_simulated(city, settings.run.simulate or None):
        return "simulated buses were not asked for (HANOI_RUN_SIMULATE=true)"
    return SERVICES[name].lacking(city)


def _follow_clock(context: Context) -> None:
    from schemas.feed import ClockTick
    from schemas.message import decode

    since_ms = context.clock.now_ms() - CLOCK_LOOK_BACK_MS
    while not context.stop.is_set():
        try:
            ticks = context.stream.tail(["city.clock"], since_ms=since_ms)
            while not context.stop.is_set():
                for record in ticks.poll(max_records=100, timeout_s=0.5):
                    context.clock.take(decode(ClockTick, record.value))
            ticks.close()
        except Exception as error:  # noqa: BLE001 - the clock must come back whatever the log does
            log.warning("the city's clock cannot be followed; trying again", reason=type(error).__name__)
            context.stop.wait(2.0)


def follow_parent(stop: threading.Event) -> None:
    """End this process when its supervisor is gone, even by kill -9.

    Parameters
    ----------
    stop : threading.Event
        Set when the parent is gone; after a grace the process ends hard.
    """
    parent = os.environ.pop(PARENT_ENV, None)
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch_parent, args=(int(parent), stop), name="parent", daemon=True).start()


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        if stop.wait(1.0):
            break
    # Either the parent is gone or we were told to stop; without a parent nobody else would end us.
    stop.set()
    threading.Event().wait(STOP_GRACE_S)
    if os.getppid() != parent:
        os._exit(1)


def end(code: int) -> None:
    """End the process at once; libraries' threads and exit handlers may wait for a broker that is away."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    end(main(sys.argv[1]))
