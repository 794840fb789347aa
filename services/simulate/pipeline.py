"""Live simulated buses: step with the clock and report through the ingest door as source "simulator"."""

import httpx
import structlog

from services.city.folder import CityFolder
from services.context import Context
from services.ingest.tokens import internal_token
from services.simulate.city import read_streets
from services.simulate.live import LiveBuses
from services.simulate.sender import Sender

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
    streets = read_streets(CityFolder(settings.place.city_dir), repeat_calendar=repeat)
    buses = LiveBuses(streets, seed=SEED)
    address = f"http://{settings.ingest.host}:{settings.ingest.port}"
    with httpx.Client(base_url=address, timeout=5.0, trust_env=False) as client:
        sender = Sender(client, lambda: internal_token(settings, SOURCE))
        step = 0
        while not context.stop.is_set():
            sender.send(buses.follow(context.clock.now_ms()))
            if step % SAY_EVERY_STEPS == 0:
                _say(streets.name, buses, sender)
            step += 1
            context.stop.wait(STEP_S)


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
