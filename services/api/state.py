"""What every endpoint works with, and who is asking."""

import threading
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from services.api.disruptions.told import list_told
from services.api.feeds.moment import take_moment
from services.api.feeds.published import Edition, Feeds
from services.api.feeds.static import StaticFeeds
from services.api.hub import Hub
from services.api.live import Live
from services.api.problems import ProblemError
from services.api.roads import Roads
from services.api.roles import PUBLIC, TABLE, WITHOUT_CSRF, may
from services.api.shapes import Shapes
from services.api.timetable import CityTimetable
from services.api.vehicles.listing import Listing
from services.api.views import Views
from services.auth.limits import LoginLimit
from services.auth.sessions import User, find_user
from services.auth.tokens import is_same
from services.city.folder import CityFolder
from services.clock import WallClock
from services.context import Context
from services.media.store import MediaStore
from services.reports.limits import ReportLimit
from services.store.engine import Store
from vision.camera import CameraConfig

COOKIE = "hanoi_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"


@dataclass(frozen=True)
class ApiState:
    """The parts of one api process."""

    context: Context
    store: Store
    media: MediaStore
    city: CityFolder
    timetable: CityTimetable
    roads: Roads | None
    cameras: tuple[CameraConfig, ...] = ()
    live: Live = field(default_factory=Live)
    hub: Hub = field(default_factory=Hub)
    limit: LoginLimit = field(default_factory=LoginLimit)
    reports: ReportLimit = field(default_factory=ReportLimit)
    wall: WallClock = field(default_factory=WallClock)
    views: Views = field(default_factory=Views)
    static: StaticFeeds = field(default_factory=StaticFeeds)
    failed: threading.Event = field(default_factory=threading.Event)

    @property
    def now_ms(self) -> int:
        """The city's time."""
        return self.context.clock.now_ms()

    @cached_property
    def listing(self) -> Listing:
        """The list of all buses."""
        return Listing(self.live, self.timetable)

    @cached_property
    def shapes(self) -> Shapes:
        """The lines that buses are drawn along."""
        return Shapes(self.timetable)

    @cached_property
    def feeds(self) -> Feeds:
        """The feeds for other people's apps."""
        return Feeds(self._make_edition)

    def _make_edition(self, now_ms: int) -> Edition:
        incidents = list_told(self.store)
        with self.live.reading() as live:
            moment = take_moment(live, self.timetable, now_ms, incidents)
        static = self.static.find(self.city.gtfs)
        return Edition(moment, self.timetable, self.roads, None if static is None else static.version)

    @cached_property
    def camera_by_id(self) -> dict[str, CameraConfig]:
        """The city's cameras by their id."""
        return {camera.id: camera for camera in self.cameras}


def get_state(request: Request) -> ApiState:
    """Return the process's parts."""
    state = request.app.state.api
    assert isinstance(state, ApiState)
    return state


State = Annotated[ApiState, Depends(get_state)]


def authorize(request: Request, state: State) -> None:
    """Let a request pass if the table says so; its user is kept for the endpoint.

    Parameters
    ----------
    request : Request
        What was asked.
    state : ApiState
        The process's parts.

    Raises
    ------
    ProblemError
        401 for nobody, 403 for the wrong role, a foreign page or a missing CSRF value.
    """
    path = getattr(request.scope.get("route"), "path", "")
    allowed = TABLE.get((request.method, path))
    if allowed is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "This endpoint is not open to anybody.")
    unsafe = request.method not in SAFE_METHODS
    if unsafe:
        _refuse_foreign(request)
    user = None
    if allowed != PUBLIC or unsafe or path in ("/api/auth/me", "/api/live"):
        user = find_user(state.store, request.cookies.get(COOKIE), state.wall.now_ms())
    request.state.user = user
    if allowed != PUBLIC and user is None:
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "Log in first.")
    if user is not None and not may(user.roles, allowed):
        raise ProblemError(HTTPStatus.FORBIDDEN, "Your account may not do this.")
    if unsafe and user is not None and path not in WITHOUT_CSRF:
        _check_csrf(request, user)


def _check_csrf(request: Request, user: User) -> None:
    if not is_same(request.headers.get(CSRF_HEADER, ""), user.csrf):
        raise ProblemError(HTTPStatus.FORBIDDEN, "The header X-CSRF-Token is absent or old: load the page again.")


def _refuse_foreign(request: Request) -> None:
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        foreign = True
    if foreign:
        raise ProblemError(HTTPStatus.FORBIDDEN, "This request comes from another site.")


def get_user(request: Request) -> User:
    """Return who is logged in; only for endpoints that the table closes to the public."""
    user = request.state.user
    assert isinstance(user, User)
    return user


def find_request_user(request: Request) -> User | None:
    """Return who is logged in, ``None`` for nobody."""
    user = request.state.user
    assert user is None or isinstance(user, User)
    return user


Person = Annotated[User, Depends(get_user)]
Anyone = Annotated[User | None, Depends(find_request_user)]
