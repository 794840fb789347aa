"""The app: every noun's endpoints behind one table of roles."""

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog
from fastapi import Depends, FastAPI

from fleet.gtfs import GtfsError
from routing.network import NetworkError
from services.api.accounts import endpoints as accounts
from services.api.accuracy import endpoints as accuracy
from services.api.cases import endpoints as cases
from services.api.city import endpoints as city_
from services.api.control import endpoints as control
from services.api.control import told
from services.api.disruptions import endpoints as disruptions
from services.api.edges import endpoints as edges
from services.api.exports import endpoints as exports
from services.api.feeds import endpoints as feeds
from services.api.incidents import endpoints as incidents
from services.api.lines import endpoints as lines
from services.api.metrics import Timing
from services.api.pages import endpoints as pages
from services.api.problems import add_problem_handlers
from services.api.rain import endpoints as rain
from services.api.reports import endpoints as reports
from services.api.responses import PROBLEMS
from services.api.roads import Roads, read_roads
from services.api.routes import endpoints as routes
from services.api.security import Compression, SecurityHeaders
from services.api.siri import endpoints as siri
from services.api.state import ApiState, authorize
from services.api.stops import endpoints as stops
from services.api.stream import endpoints as stream
from services.api.stream.events import Sender
from services.api.tail import follow, relay
from services.api.timetable import CityTimetable, open_timetable
from services.api.vehicles import endpoints as vehicles
from services.api.whatif import endpoints as whatif
from services.city.folder import CityFolder
from services.city.watch import LOOK_EVERY_S, CityWatch
from services.context import Context
from services.media.store import MediaStore
from services.store.engine import Store
from vision.camera import CameraConfig, read_camera
from vision.errors import CameraFileError

LOG = structlog.get_logger("api")
NOUNS = (
    city_,
    stops,
    routes,
    vehicles,
    disruptions,
    edges,
    whatif,
    control,
    told,
    accuracy,
    lines,
    incidents,
    rain,
    reports,
    cases,
    accounts,
    feeds,
    exports,
    siri,
    stream,
    pages,
)


def create_app(
    context: Context,
    store: Store,
    media: MediaStore,
    city: CityFolder,
    *,
    follow_log: bool = True,
    dist: Path = pages.DIST,
) -> FastAPI:
    """Make the app of one api process.

    Parameters
    ----------
    context : Context
        Settings, log and clock.
    store : Store
        The database, migrated.
    media : MediaStore
        Where the evidence lies.
    city : CityFolder
        The city; a part that is absent or broken is said on the pages, the rest works.
    follow_log : bool
        Whether the app reads the log and publishes its outbox while it lives.
    dist : Path
        The built pages.

    Returns
    -------
    FastAPI
        Ready to be served.
    """
    state = ApiState(
        context=context,
        store=store,
        media=media,
        city=city,
        timetable=_timetable(context, city),
        roads=_roads(city),
        cameras=_cameras(city),
    )
    sender = Sender(state)
    watch = CityWatch(city.root)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        works = (follow, relay) if follow_log else ()
        threads = [
            threading.Thread(target=_guarded, args=(w, state, stop), name=w.__name__, daemon=True) for w in works
        ]
        for thread in threads:
            thread.start()
        pump = asyncio.create_task(state.hub.pump(sender.send, sender.tick))
        swap = asyncio.create_task(_follow_city(app, watch))
        try:
            yield
        finally:
            stop.set()
            swap.cancel()
            state.hub.close()
            await pump
            for thread in threads:
                await asyncio.to_thread(thread.join, 1.5)

    app = FastAPI(
        title="Hanoi traffic",
        version="1",
        description="Buses, roads, incidents and cases of a city. Times are milliseconds since 1970, UTC.",
        lifespan=lifespan,
        dependencies=[Depends(authorize)],
        responses=PROBLEMS,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.api, app.state.sender, app.state.dist = state, sender, dist
    add_problem_handlers(app)

    @app.get("/api/openapi.json", include_in_schema=False)
    def read_openapi() -> dict[str, object]:
        return app.openapi()

    for noun in NOUNS:
        app.include_router(noun.router)
    for middleware in (Compression, SecurityHeaders, Timing):
        app.add_middleware(middleware)
    return app


async def _follow_city(app: FastAPI, watch: CityWatch) -> None:
    """Go over to a new timetable of the city; requests that have begun end on the one before."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        fresh = await asyncio.to_thread(_take_city, app.state.api, watch)
        if fresh is not None:
            app.state.api = fresh
            app.state.sender.turn_to(fresh)


def _take_city(state: ApiState, watch: CityWatch) -> ApiState | None:
    city = watch.find_new()
    if city is None:
        return None
    timetable = _timetable(state.context, city)
    if timetable.table is None and city.gtfs is not None:
        return None  # said already; the one before stays
    fresh = dataclasses.replace(state, city=city, timetable=timetable)
    _ = fresh.shapes.version
    LOG.info("another timetable is in use", trips=0 if timetable.table is None else len(timetable.table.trip_ids))
    return fresh


def _guarded(work: Callable[[ApiState, threading.Event], None], state: ApiState, stop: threading.Event) -> None:
    """Run a thread's work; pages that silently stand still are worse than a process that ends and is restarted."""
    try:
        work(state, stop)
    except Exception as error:
        LOG.error("a thread of the api died; the process ends", thread=work.__name__, exc_info=error)
        state.failed.set()
        state.context.stop.set()


def _timetable(context: Context, city: CityFolder) -> CityTimetable:
    repeat = context.settings.run.repeat_calendar or bool(city.city.calendar and city.city.calendar.repeat)
    try:
        timetable = open_timetable(city.gtfs, repeat_calendar=repeat)
    except GtfsError as error:
        LOG.error("the timetable cannot be read; the pages work without it", error=str(error))
        return CityTimetable(None)
    _ = timetable.place_of
    return timetable


def _roads(city: CityFolder) -> Roads | None:
    try:
        return read_roads(city.network)
    except (NetworkError, OSError) as error:
        LOG.error("the road network cannot be read; the pages work without it", error=str(error))
        return None


def _cameras(city: CityFolder) -> tuple[CameraConfig, ...]:
    cameras = []
    for path in city.cameras:
        try:
            cameras.append(read_camera(path))
        except CameraFileError as error:
            LOG.error("a camera file cannot be read; it is left out", error=str(error))
    return tuple(cameras)
