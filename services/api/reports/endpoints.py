"""What riders and staff say of the road."""

from http import HTTPStatus
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Request
from pydantic import Field

from schemas.report import ReportWhat, ReportWho
from services.api.edges.endpoints import need_roads
from services.api.problems import ProblemError, absent
from services.api.responses import Asked, Listed, Model
from services.api.roles import OPERATOR, may
from services.api.state import Anyone, State
from services.reports.names import make_report
from services.store.outbox import put_outbox

router = APIRouter(tags=["roads"])
REACH_M = 60.0


class ReportIn(Asked):
    """What somebody saw: from a fixed list, without words and without a name."""

    what: Annotated[ReportWhat, Listed]
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    heading_deg: float | None = Field(default=None, ge=0, le=360)


class ReportOut(Model):
    """That it was taken, and as whose word it counts."""

    report_id: str
    who: str


@router.post("/api/reports", status_code=HTTPStatus.ACCEPTED)
def report(state: State, request: Request, user: Anyone, body: ReportIn) -> ReportOut:
    """Take a report of a place on a road; the same person's second word of the same place counts as the first."""
    who = ReportWho.STAFF if user is not None and may(user.roles, OPERATOR) else ReportWho.RIDER
    reporter = user.name if user is not None else request.client.host if request.client is not None else "unknown"
    wait_s = 0 if who is ReportWho.STAFF else state.reports.take(reporter, state.wall.now_ms())
    if wait_s:
        raise ProblemError(
            HTTPStatus.TOO_MANY_REQUESTS, f"Too many reports: try again in {wait_s} s.", {"Retry-After": str(wait_s)}
        )
    if not len(need_roads(state).index.near(np.array([body.lon]), np.array([body.lat]), REACH_M).edge):
        raise absent(f"No road of this city is within {REACH_M:.0f} m of this place.")
    now_ms = state.now_ms
    place = body.lon, body.lat, body.heading_deg
    said = make_report(state.reports.secret, who, reporter, body.what, place, now_ms)
    with state.store.transaction() as session:
        put_outbox(session, "road.reports", said.report_id, said, state.wall.now_ms())
    return ReportOut(report_id=said.report_id, who=who.value)
