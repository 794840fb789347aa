"""`python -m services.run.child NAME...`: one or more services as a process of their own."""

import ctypes
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import structlog

from services.city.folder import CityError, CityFolder
from services.clock import CityClock
from services.health import Board, HealthServer, ProcessHealth, Watched
from services.logs import set_up_logs
from services.run.reach import why_out_of_reach
from services.run.services import SERVICES, Service, is_simulated
from services.settings import Settings, SettingsError
from services.stop_signal import stop_on_signals

if TYPE_CHECKING:
    from services.stream.base import Stream

PARENT_ENV = "SUPERVISOR_PID"
STOP_GRACE_S = 5.0
PR_SET_PDEATHSIG = 1
CLOCK_LOOK_BACK_MS = 30_000
WITHOUT_CITY = ("ingest", "archive", "api")

log = structlog.get_logger("services.run")


def main(names: Sequence[str]) -> int:
    """Run services until told to stop.

    Parameters
    ----------
    names : sequence of str
        Of `services.run.services.SERVICES`.

    Returns
    -------
    int
        The process's exit code: 0 asked to stop, 1 failed, 2 cannot be set up.
    """
    stop = threading.Event()
    supervised = follow_parent(stop)
    stop_on_signals(stop, (signal.SIGTERM, signal.SIGINT))
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    strange = [name for name in names if name not in SERVICES]
    if strange or not names:
        sys.stderr.write(f"no service {', '.join(strange) or 'named'}; there are {', '.join(SERVICES)}\n")
        return 2
    try:
        settings = Settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    set_up_logs(settings.log, "+".join(names), marked=supervised)
    tell_faults_of_threads()
    try:
        return _serve([SERVICES[name] for name in names], settings, stop)
    except Exception:
        log.exception("ended by a fault")
        return 1


def _serve(services: Sequence[Service], settings: Settings, stop: threading.Event) -> int:
    from services.run.host import Hosted, close_in_time, host, let_threads_inherit
    from services.stream import open_stream

    let_threads_inherit()
    lacking = {service.name: reason for service in services if (reason := _lacking(service, settings))}
    clock, stream = CityClock(), open_stream(settings.place.stream_url)
    hosted = [
        Hosted(service, settings, clock, stop, alone=len(services) == 1)
        for service in services
        if service.name not in lacking
    ]
    idle = [Watched(name, state="idle", last_error=reason) for name, reason in lacking.items()]
    board = Board(
        [*(one.watched for one in hosted), *idle],
        lambda name: why_out_of_reach(settings.place, store=SERVICES[name].uses_store),
    )
    health = open_health(settings.health.host, settings.health.port, board.report)
    for name, reason in lacking.items():
        log.info(f"idle: {reason}", service=name)
    if not hosted:
        stop.wait()
        return 0
    threading.Thread(target=follow_clock, args=(clock, stream, stop), name="city-clock", daemon=True).start()
    code = host(hosted, stop)
    close_in_time(stream.close)
    if health is not None:
        close_in_time(health.close)
    return code


def open_health(host: str, port: int, report: Callable[[], ProcessHealth]) -> HealthServer | None:
    """Begin to tell of this process's health, if a port was given; a taken one is said and done without."""
    if not port:
        return None
    try:
        return HealthServer(host, port, report)
    except OSError as error:
        log.warning(f"health cannot be told on {host}:{port}", reason=str(error))
        return None


def tell_faults_of_threads() -> None:
    """Log what a thread that nobody waits for died of: one sentence first, then the traceback."""

    def tell(args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread is not None else "a thread"
        fault = (args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
        log.error(f"thread {name} ended by a fault", exc_info=fault)

    threading.excepthook = tell


def _lacking(service: Service, settings: Settings) -> str | None:
    try:
        city = CityFolder(settings.place.city_dir)
    except CityError as error:
        return str(error) if service.name not in WITHOUT_CITY else None
    if service.name == "simulate" and not is_simulated(city, settings.run.simulate or None):
        return "simulated buses were not asked for (HANOI_RUN_SIMULATE=true)"
    return service.lacking(city)


def follow_clock(clock: CityClock, stream: "Stream", stop: threading.Event) -> None:
    """Keep a process's city clock on the played day, if one is played.

    Parameters
    ----------
    clock : CityClock
        The clock.
    stream : Stream
        Where the ticks are.
    stop : threading.Event
        Set when the process shall end.
    """
    from schemas.feed import ClockTick
    from schemas.message import decode

    since_ms = clock.now_ms() - CLOCK_LOOK_BACK_MS
    while not stop.is_set():
        try:
            ticks = stream.tail(["city.clock"], since_ms=since_ms)
            while not stop.is_set():
                for record in ticks.poll(max_records=100, timeout_s=0.5):
                    clock.take(decode(ClockTick, record.value))
            ticks.close()
        except Exception as error:  # noqa: BLE001 - the clock must come back whatever the log does
            log.warning("the city's clock cannot be followed; trying again", reason=type(error).__name__)
            stop.wait(2.0)


def follow_parent(stop: threading.Event) -> bool:
    """End this process when its supervisor is gone, even by kill -9; return whether it has one.

    Parameters
    ----------
    stop : threading.Event
        Set when the parent is gone; after a grace the process ends hard.

    Returns
    -------
    bool
        Whether a supervisor started this process.
    """
    parent = os.environ.pop(PARENT_ENV, None)
    if parent is None:
        return False
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch_parent, args=(int(parent), stop), name="parent", daemon=True).start()
    return True


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
    end(main(sys.argv[1:]))
