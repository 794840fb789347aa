"""A small city, its app, and people with roles."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient

from schemas.message import Message
from schemas.position import BusPosition, Quality
from schemas.prediction import StopPrediction, TripPrediction
from schemas.text import Text
from schemas.trip import Assignment, Phase
from services.api.app import create_app
from services.api.state import COOKIE, ApiState
from services.auth.sessions import begin_session
from services.auth.tokens import csrf_of
from services.city.folder import City, CityFolder, write_city
from services.clock import CityClock
from services.context import Context
from services.media.store import open_media
from services.settings import Settings
from services.store.accounts import Account, add_account
from services.store.engine import Store, open_store
from services.stream import open_stream

NOON_MS = 1_795_064_400_000  # 2026-11-19T12:00+07:00
DATE = "20261119"
MINUTE_MS = 60_000


class FixedClock:
    """A clock that stands until it is set."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.time_ms = now_ms

    def now_ms(self) -> int:
        return self.time_ms


GTFS = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Transerco,http://x.vn,Asia/Ho_Chi_Minh\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "D,1,1,1,1,1,1,1,20260101,20271231\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type,route_color\n"
    "r32,A,32,Giáp Bát - Nhổn,3,C2410C\nr9,A,09,Bờ Hồ - Cầu Giấy,3,\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    "s1,Bến xe Giáp Bát,20.9800,105.8410\ns2,Đại học Bách Khoa,21.0050,105.8450\n"
    "s2b,Đại học Bách Khoa,21.00501,105.84501\ns3,58 Nguyễn Thái Học,21.0310,105.8390\ns4,Nhổn,21.0500,105.7330\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id\n"
    "r32,D,t1,Nhổn,0\nr32,D,t2,Nhổn,0\nr9,D,t9,Cầu Giấy,0\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,11:50:00,11:50:00,s1,1\nt1,12:05:00,12:05:00,s2,2\nt1,12:15:00,12:15:00,s3,3\nt1,12:40:00,12:40:00,s4,4\n"
    "t2,12:10:00,12:10:00,s1,1\nt2,12:25:00,12:25:00,s2,2\nt2,12:35:00,12:35:00,s3,3\nt2,13:00:00,13:00:00,s4,4\n"
    "t9,11:55:00,11:55:00,s2b,1\nt9,12:20:00,12:20:00,s3,2\n",
}


def gtfs_zip(tables: dict[str, str] = GTFS) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        for name, text in tables.items():
            out.writestr(name, text)
    return data.getvalue()


def make_city(root: Path, *, gtfs: bytes | None = None) -> CityFolder:
    city = City(
        id="hanoi",
        name=Text(vi="Hà Nội", en="Hanoi"),
        timezone="Asia/Ho_Chi_Minh",
        bbox=(105.7, 20.9, 105.9, 21.1),
        epsg=32648,
        origin="sample",
    )
    write_city(root, city)
    if gtfs is not None:
        (root / "gtfs.zip").write_bytes(gtfs)
    return CityFolder(root)


def enrol(store: Store, name: str, roles: tuple[str, ...], now_ms: int) -> str:
    """Make an account and log it in; returns the token of its cookie."""
    with store.transaction() as session:
        add_account(session, Account(name=name, roles=roles, password_hash="x", created_ms=NOON_MS))
    return begin_session(store, name=name, address="test", now_ms=now_ms, hours=1)


@dataclass
class Running:
    """An app under test."""

    client: TestClient
    state: ApiState
    clock: FixedClock

    def take(self, *messages: tuple[str, Message]) -> None:
        self.state.hub.changed(self.state.live.take(messages))

    def log_in(self, name: str, *roles: str) -> None:
        """Be a person; no roles is nobody."""
        self.client.cookies.clear()
        self.client.headers.pop("X-CSRF-Token", None)
        if not roles:
            return
        token = enrol(self.state.store, name, roles, self.state.wall.now_ms())
        self.client.cookies.set(COOKIE, token)
        self.client.headers["X-CSRF-Token"] = csrf_of(token)


@contextmanager
def running(root: Path, city: CityFolder, *, follow_log: bool = False, now_ms: int = NOON_MS) -> Iterator[Running]:
    clock = FixedClock(now_ms)
    with (
        open_store(f"sqlite:///{root}/store.sqlite") as store,
        open_stream(f"sqlite:///{root}/stream") as stream,
    ):
        store.migrate()
        context = Context(settings=Settings({}), stream=stream, clock=CityClock(clock))
        media = open_media(f"file://{root}/media")
        app = create_app(context, store, media, city, follow_log=follow_log, dist=root / "dist")
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Running(client, app.state.api, clock)


def position(
    vehicle_id: str = "29B-123.45", *, time_ms: int = NOON_MS, trip_id: str | None = "t1", lon: float = 105.843
) -> BusPosition:
    return BusPosition(
        vehicle_id=vehicle_id,
        time_ms=time_ms,
        lon=lon,
        lat=20.99,
        source="transerco",
        received_ms=time_ms,
        assignment=Assignment(
            phase=Phase.IN_SERVICE,
            probability=0.98,
            trip_id=trip_id,
            start_date=DATE,
            route_id="r32",
            direction_id=0,
            distance_m=1500.0,
        ),
        quality=Quality(correct=1.0, complete=0.9, clean=1.0, live=1.0),
        delay_s=120.0,
        next_stop_id="s2",
        next_stop_sequence=2,
    )


def prediction(
    *, made_at_ms: int = NOON_MS, trip_id: str = "t1", stops: tuple[str, ...] = ("s2", "s3")
) -> TripPrediction:
    eta = {"s2": 7, "s3": 17, "s4": 42}
    sequence = {"s2": 2, "s3": 3, "s4": 4}
    return TripPrediction(
        vehicle_id="29B-123.45",
        trip_id=trip_id,
        start_date=DATE,
        route_id="r32",
        made_at_ms=made_at_ms,
        fix_time_ms=made_at_ms,
        fix_age_s=1.0,
        delay_s=120.0,
        reason=Text(vi="chậm 2 phút", en="2 min late"),
        model="test",
        stops=tuple(
            StopPrediction(
                stop_id=stop,
                stop_sequence=sequence[stop],
                eta_ms=NOON_MS + eta[stop] * MINUTE_MS,
                p10_ms=NOON_MS + (eta[stop] - 1) * MINUTE_MS,
                p50_ms=NOON_MS + eta[stop] * MINUTE_MS,
                p90_ms=NOON_MS + (eta[stop] + 2) * MINUTE_MS,
                scheduled_ms=NOON_MS + (eta[stop] - 2) * MINUTE_MS,
            )
            for stop in stops
        ),
        direction_id=0,
    )
