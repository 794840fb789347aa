"""Live simulated buses: step with the clock and report through the ingest door as source "simulator".

Cameras without pictures count the simulated traffic; their counts go straight to the log, for counts have no door.
"""

import contextlib
from collections.abc import Sequence

import httpx
import msgspec
import structlog

from schemas.camera import CameraCount
from services.city.folder import CityError, CityFolder
from services.city.watch import CityWatch
from services.context import Context
from services.ingest.tokens import internal_token
from services.simulate.cameras import counting_only
from services.simulate.city import read_streets
from services.simulate.live import LiveBuses
from services.simulate.sender import Sender
from services.stream.base import Outgoing, Producer
from services.stream.errors import StreamError

SOURCE = "simulator"
SEED = 1
STEP_S = 1.0
SAY_EVERY_STEPS = 300

log = structlog.get_logger()


def run(context: Context) -> None:
    """Drive simulated buses until the service shall end.

    Parameters
    ----------
    context : Context
        Its city must have a timetable.
    """
    settings = context.settings
    repeat = settings.run.repeat_calendar or None
    city = CityFolder(settings.place.city_dir)
    streets = read_streets(city, repeat_calendar=repeat)
    buses = LiveBuses(streets, seed=SEED, cameras=counting_only(city))
    address = f"http://{settings.ingest.host}:{settings.ingest.port}"
    with (
        httpx.Client(base_url=address, timeout=5.0, trust_env=False) as client,
        contextlib.closing(context.stream.producer()) as producer,
    ):
        sender = Sender(client, lambda: internal_token(settings, SOURCE))
        watch, step = CityWatch(city.root), 0
        while not context.stop.is_set():
            _follow_the_timetable(watch, buses, repeat=repeat)
            sender.send(buses.follow(context.clock.now_ms()))
            _publish(producer, buses.take_counts())
            if step % SAY_EVERY_STEPS == 0:
                _say(streets.name, buses, sender)
            step += 1
            context.stop.wait(STEP_S)


def _follow_the_timetable(watch: CityWatch, buses: LiveBuses, *, repeat: bool | None) -> None:
    """Drive by a new timetable of the city; one that cannot be read is said, the one before stays."""
    city = watch.find_new()
    if city is None:
        return
    try:
        buses.change(read_streets(city, repeat_calendar=repeat))
    except CityError as error:
        log.error("the new timetable cannot be driven; the one before stays", reason=str(error))
        return
    log.info("buses drive by another timetable")


def _publish(producer: Producer, counts: Sequence[CameraCount]) -> None:
    """Say what was counted; a minute that the log does not take is missing, as with a real counter."""
    if not counts:
        return
    try:
        producer.send([Outgoing("camera.counts", c.camera_id.encode(), msgspec.json.encode(c)) for c in counts])
        producer.flush()
    except StreamError as error:
        log.warning("a minute of counts was lost", reason=str(error))


def _say(city: str, buses: LiveBuses, sender: Sender) -> None:
    if buses.vehicles == 0:
        log.warning(
            "nothing runs now by this timetable; has its calendar ended? (--repeat-calendar repeats it)", city=city
        )
        return
    log.info(
        "simulated buses on the clock",
        on_a_trip=buses.running,
        vehicles=buses.vehicles,
        accepted=sender.accepted,
        refused=sender.refused,
        lost=sender.lost,
    )
