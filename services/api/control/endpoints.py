"""The control room's figures, feeds, alerts and cameras."""

from fastapi import APIRouter

from schemas.incident import IncidentState
from services.api.control.responses import (
    AlertsOut,
    CamerasOut,
    FeedsOut,
    OverviewOut,
    alert_out,
    camera_out,
    feed_out,
    overview_out,
)
from services.api.state import State
from services.store.incidents import list_incidents

router = APIRouter(tags=["control"])


@router.get("/api/control/overview")
def read_overview(state: State) -> OverviewOut:
    """Return the six numbers of the strip."""
    with state.store.reading() as session:
        alarms = len(list_incidents(session, IncidentState.DETECTED.value))
    cameras = sum(camera.has_pictures for camera in state.cameras)
    with state.live.reading() as live:
        return overview_out(live, now_ms=state.now_ms, alarms=alarms, cameras=cameras, roads=state.roads)


@router.get("/api/feeds")
def read_feeds(state: State) -> FeedsOut:
    """Return how good each source of data is now."""
    now_ms = state.now_ms
    with state.live.reading() as live:
        return FeedsOut(feeds=[feed_out(live.feeds[name], now_ms) for name in sorted(live.feeds)])


@router.get("/api/alerts")
def read_alerts(state: State) -> AlertsOut:
    """Return the alerts that hold, newest first."""
    with state.live.reading() as live:
        holding = sorted(
            (alert for alert in live.alerts.values() if alert.ended_ms is None), key=lambda a: -a.started_ms
        )
        return AlertsOut(alerts=[alert_out(alert) for alert in holding])


@router.get("/api/cameras")
def read_cameras(state: State) -> CamerasOut:
    """Return all cameras, how well they see and what they count."""
    now_ms = state.now_ms
    with state.live.reading() as live:
        return CamerasOut(cameras=[camera_out(camera, live, now_ms) for camera in state.cameras])
