"""The process of the doors, and of the feeds and brokers it fetches reports from."""

import asyncio
import threading

import structlog
import uvicorn

from services.city.folder import CityError, CityFolder
from services.context import Context
from services.ingest.app import create_app
from services.ingest.crowd import Crowd
from services.ingest.doors import House
from services.ingest.fetch.run import Fetching
from services.ingest.formats import make_formats
from services.ingest.intake import Intake
from services.ingest.judge import Bbox
from services.ingest.limits import MIB, RateLimiter
from services.ingest.server import make_server
from services.ingest.tokens import TokenBook
from services.ingest.writer import LogWriter

SOURCES_FILE = "sources.yaml"

log = structlog.get_logger("services.ingest")


class PortError(Exception):
    """The doors cannot listen where they were told to."""


def run(context: Context) -> None:
    """Serve the doors and fetch from the city's sources until ``context.stop`` is set.

    Parameters
    ----------
    context : Context
        Settings, log and clock.
    """
    settings = context.settings.ingest
    house = make_house(context)
    server = make_server(create_app(house), settings.host, settings.port)
    # uvicorn takes signals only in the main thread; here `context.stop` alone ends it.
    fetching = make_fetching(context, house)
    thread = threading.Thread(target=_serve, args=(server, fetching, context.stop), name="doors")
    thread.start()
    log.info("doors listen", host=settings.host, port=settings.port)
    context.stop.wait()
    server.should_exit = True
    thread.join()
    house.intake.writer.close()
    if not server.started:
        raise PortError(f"cannot listen on {settings.host}:{settings.port}; set HANOI_INGEST_PORT to a free port")


def make_house(context: Context) -> House:
    """Return what all doors of this process share."""
    settings = context.settings.ingest
    intake = Intake(
        writer=LogWriter(context.stream),
        formats=make_formats(settings.ufms_bus_points_field),
        clock=context.clock,
        bbox=_bbox(context),
        crowd=Crowd(settings.max_vehicles),
    )
    return House(
        intake=intake,
        book=TokenBook(settings.tokens_file),
        max_body_bytes=round(settings.max_body_mib * MIB),
        body_timeout_s=settings.body_timeout_s,
        rates=RateLimiter(settings.rate_per_s),
    )


def make_fetching(context: Context, house: House) -> Fetching:
    """Return what asks the city's own sources."""
    settings = context.settings
    path = settings.ingest.sources_file or settings.place.city_dir / SOURCES_FILE
    lock = settings.run.var_dir / "ingest-sources.lock"
    return Fetching(path, lock, house.intake, house.rates)


async def serve_and_fetch(server: uvicorn.Server, fetching: Fetching) -> None:
    """Serve until the server ends, and fetch as long."""
    task = asyncio.create_task(fetching.run(), name="fetching")
    try:
        await server.serve()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _serve(server: uvicorn.Server, fetching: Fetching, stop: threading.Event) -> None:
    try:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(serve_and_fetch(server, fetching))
    except SystemExit:
        log.debug("the server could not start")
    finally:
        stop.set()


def _bbox(context: Context) -> Bbox | None:
    try:
        return CityFolder(context.settings.place.city_dir).city.bbox
    except CityError as error:
        log.info("swapped coordinates cannot be told without a city", reason=str(error))
        return None
