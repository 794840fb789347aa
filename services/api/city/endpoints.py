"""The city."""

import datetime as dt
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from schemas.text import Text
from services.api.city.responses import CalendarOut, CityOut, ClockOut, PartsOut
from services.api.responses import TextOut
from services.api.state import ApiState, State
from services.auth.setup import is_setup_needed

router = APIRouter(tags=["city"])
# Roads that end a kilometre before a line does are the city's all the same; a few buses may be anywhere.
MARGIN_DEG = 0.01
LEAST_BUSES = 5


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
        doubts=[TextOut.model_validate(doubt) for doubt in (*city.doubts, *_off_the_roads(state))],
        clock=clock_out(state),
        setup_needed=is_setup_needed(state.store),
    )


def _off_the_roads(state: ApiState) -> list[Text]:
    """Say that the road network is of another city, where most buses report from outside it."""
    if state.roads is None:
        return []
    west, south, east, north = state.roads.network.bbox
    with state.live.reading() as live:
        places = [(now.position.lon, now.position.lat) for now in live.vehicles.values()]
    far = sum(
        not (west - MARGIN_DEG <= lon <= east + MARGIN_DEG and south - MARGIN_DEG <= lat <= north + MARGIN_DEG)
        for lon, lat in places
    )
    if len(places) < LEAST_BUSES or far <= len(places) / 2:
        return []
    return [
        Text(
            vi=f"{far} trong {len(places)} xe báo vị trí ngoài mạng đường này: có lẽ đây là mạng đường của thành phố "
            "khác. Hãy nhập đúng mạng bằng `hanoi city import --roads`.",
            en=f"{far} of {len(places)} buses report from outside these roads: they seem to be another city's. "
            "Import the right ones with `hanoi city import --roads`.",
        )
    ]


def is_past(last_date: str, now_ms: int, timezone: str) -> bool:
    """Return whether a day (YYYYMMDD) is over in the city, by the city's clock: a played day has its own."""
    today = dt.datetime.fromtimestamp(now_ms / 1000, ZoneInfo(timezone))
    return last_date < f"{today:%Y%m%d}"


def clock_out(state: ApiState) -> ClockOut:
    """Return the city's clock."""
    clock = state.context.clock
    return ClockOut(now_ms=clock.now_ms(), speed=clock.speed, played=clock.is_played)
