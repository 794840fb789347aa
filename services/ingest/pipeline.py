"""The process of the doors."""

import threading

import structlog
import uvicorn

from services.city.folder import CityError, CityFolder
from services.context import Context
from services.ingest.app import create_app
from services.ingest.doors import MIB, House
from services.ingest.judge import Bbox
from services.ingest.tokens import TokenBook
from services.ingest.writer import LogWriter

log = structlog.get_logger("services.ingest")


class PortError(Exception):
    """The doors cannot listen where they were told to."""


def run(context: Context) -> None:
    """Serve the doors until ``context.stop`` is set.

    Parameters
    ----------
    context : Context
        Settings, log and clock.
    """
    settings = context.settings.ingest
    writer = LogWriter(context.stream)
    house = House(
        writer=writer,
        book=TokenBook(settings.tokens_file),
        clock=context.clock,
        max_body_bytes=round(settings.max_body_mib * MIB),
        bbox=_bbox(context),
    )
    config = uvicorn.Config(
        create_app(house),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    # uvicorn takes signals only in the main thread; here `context.stop` alone ends it.
    thread = threading.Thread(target=_serve, args=(server, context.stop), name="doors")
    thread.start()
    log.info("doors listen", host=settings.host, port=settings.port)
    context.stop.wait()
    server.should_exit = True
    thread.join()
    writer.close()
    if not server.started:
        raise PortError(f"cannot listen on {settings.host}:{settings.port}; set HANOI_INGEST_PORT to a free port")


def _serve(server: uvicorn.Server, stop: threading.Event) -> None:
    try:
        server.run()
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
