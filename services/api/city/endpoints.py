"""The city."""

import datetime as dt
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from services.api.city.responses import CalendarOut, CityOut, ClockOut, PartsOut
from services.api.responses import TextOut
from services.api.state import ApiState, State
from services.auth.setup import is_setup_needed

router = APIRouter(tags=["city"])


@router.get("/api/city")
def read_city(state: State) -> CityOut:
    """Return the city, its parts and its clock."""
    folder = state.city
    city = folder.city
    repeat = state.context.settings.run.repeat_calendar
    return CityOut(
        id=city.id,
        name=TextOut.model_validate(city.name),
        timezone=city.timezone,
        bbox=city.bbox,
        origin=city.origin,
        languages=list(city.languages),
        parts=PartsOut(
            gtfs=folder.gtfs is not None,
            network=folder.network is not None,
            cameras=bool(folder.cameras),
            roster=folder.roster is not None,
            map=folder.pmtiles is not None,
        ),
        calendar=None
        if city.calendar is None
        else CalendarOut(
            first_date=city.calendar.first_date,
            last_date=city.calendar.last_date,
            ended=is_past(city.calendar.last_date, state.context.clock.now_ms(), city.timezone),
            repeat=city.calendar.repeat or repeat,
        ),
        doubts=[TextOut.model_validate(doubt) for doubt in city.doubts],
        clock=clock_out(state),
        setup_needed=is_setup_needed(state.store),
    )


def is_past(last_date: str, now_ms: int, timezone: str) -> bool:
    """Return whether a day (YYYYMMDD) is over in the city, by the city's clock: a played day has its own."""
    today = dt.datetime.fromtimestamp(now_ms / 1000, ZoneInfo(timezone))
    return last_date < f"{today:%Y%m%d}"


def clock_out(state: ApiState) -> ClockOut:
    """Return the city's clock."""
    clock = state.context.clock
    return ClockOut(now_ms=clock.now_ms(), speed=clock.speed, played=clock.is_played)
