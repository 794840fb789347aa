"""What the control room sees of the whole: figures, feeds, alerts, cameras."""

from schemas.camera import CameraState
from schemas.feed import FeedHealth
from schemas.fleet_alert import FleetAlert
from schemas.signal import CircumstanceKind
from schemas.text import Text
from schemas.trip import Phase
from services.api.circumstances import holding
from services.api.control.signal import LIVE_MS, count_signals, is_live
from services.api.live import LiveState
from services.api.responses import AlertOut, Model, QualityOut, TextOut
from services.api.roads import Roads
from vision.camera import CameraConfig

SLOWEST_MPS = 0.5
ON_TIME_S = (-60.0, 300.0)


class OverviewOut(Model):
    """Six numbers; ``None`` where nothing is known.

    Of the buses known, those parked need not report now; ``vehicles_expected`` should, ``vehicles_live`` of them do.
    """

    now_ms: int
    alarms: int
    vehicles_live: int
    vehicles_expected: int
    vehicles_parked: int
    vehicles_known: int
    on_time_share: float | None
    travel_time_index: float | None
    feeds_late: int
    cameras_ok: int
    cameras: int


class VehicleFaultOut(Model):
    """How often a cleaning rule spoke of one vehicle over the last minutes."""

    vehicle_id: str
    rule: str
    count: int


class FeedOut(Model):
    """How good one source of data is now."""

    source: str
    time_ms: int
    newest_fix_ms: int | None
    age_s: float | None
    fixes: int
    vehicles: int
    vehicles_live: int
    quality: QualityOut
    verdicts: dict[str, int]
    worst: TextOut | None
    at_fault: list[VehicleFaultOut]


class FeedsOut(Model):
    """All sources."""

    feeds: list[FeedOut]


class AlertsOut(Model):
    """All alerts that hold, newest first."""

    alerts: list[AlertOut]


class CameraCountOut(Model):
    """What crossed one approach in the newest interval, by class of road user, and the queue before its line.

    ``queue_m`` is how far back it reached, ``queue_vehicles`` how many stood in it; none where nobody measures it.
    ``watched_s`` is for how much of the interval pictures came and were looked at, ``model_sha256`` by which detector.
    """

    approach_id: str
    start_ms: int
    end_ms: int
    counts: dict[str, int]
    occupancy: float | None
    queue_m: float | None
    queue_vehicles: int | None
    queue_since_ms: int | None
    watched_s: float | None
    model_sha256: str | None


class CircumstanceOut(Model):
    """What people say is before a camera, so that acts there are excused; no approach: at all of them."""

    kind: CircumstanceKind
    approach_id: str | None
    since_ms: int
    until_ms: int | None


class CameraOut(Model):
    """One camera and how well it sees; ``lost`` with a text while it was never heard of.

    ``model_sha256`` is the detector that watched it last; none where no model looked, ``text`` says why.
    One without ``pictures`` is ``planned``, or ``counting`` while counts of the last minutes are there.
    """

    camera_id: str
    name: TextOut
    lon: float
    lat: float
    state: str
    since_ms: int | None
    time_ms: int | None
    frames: int
    skipped: int
    live: float
    rules: list[str]
    text: TextOut
    model_sha256: str | None
    pictures: bool
    approaches: list[str]
    counts: list[CameraCountOut]
    circumstances: list[CircumstanceOut]


class CamerasOut(Model):
    """All cameras of the city folder."""

    cameras: list[CameraOut]


COUNT_AGE_MS = 5 * 60_000
PLANNED = Text(vi="Chưa lắp camera: không có hình.", en="Planned: there is no stream yet.")
COUNTING = Text(
    vi="Không có hình: chỉ đếm xe (trong thành phố mẫu là xe mô phỏng).",
    en="No pictures, only counts (in the sample city: of simulated traffic).",
)
NEVER_HEARD = Text(vi="Chưa có dữ liệu từ camera này.", en="Nothing was heard of this camera yet.")


def alert_out(alert: FleetAlert) -> AlertOut:
    """Turn an alert into what the API says of it."""
    return AlertOut.model_validate(alert)


def feed_out(feed: FeedHealth, now_ms: int) -> FeedOut:
    """Turn a source's health into what the API says of it; its age counts on while it is silent."""
    newest_ms = feed.newest_fix_ms
    return FeedOut(
        source=feed.source,
        time_ms=feed.time_ms,
        newest_fix_ms=newest_ms,
        age_s=None if newest_ms is None else max(0.0, (now_ms - newest_ms) / 1000),
        fixes=feed.fixes,
        vehicles=feed.vehicles,
        vehicles_live=feed.vehicles_live,
        quality=QualityOut.model_validate(feed.quality),
        verdicts=feed.verdicts,
        worst=None if feed.worst is None else TextOut.model_validate(feed.worst),
        at_fault=[VehicleFaultOut.model_validate(fault) for fault in feed.at_fault],
    )


def camera_out(camera: CameraConfig, live: LiveState, now_ms: int) -> CameraOut:
    """Turn a camera, its newest health, its newest counts and what people told of it into what the API says of it."""
    health, counts = live.cameras.get(camera.id), live.counts.get(camera.id, {}).values()
    told = holding(live.circumstances.get(camera.id, {}), now_ms)
    recent = [count for count in counts if -COUNT_AGE_MS <= now_ms - count.end_ms <= COUNT_AGE_MS]
    state, text = CameraState.LOST.value, NEVER_HEARD
    if not camera.has_pictures:
        state, text = ("counting", COUNTING) if recent else ("planned", PLANNED)
    elif health is not None:
        state, text = health.state.value, health.text
    return CameraOut(
        camera_id=camera.id,
        name=TextOut.model_validate(camera.name),
        lon=camera.position[0],
        lat=camera.position[1],
        state=state,
        since_ms=None if health is None else health.since_ms,
        time_ms=None if health is None else health.time_ms,
        frames=0 if health is None else health.frames,
        skipped=0 if health is None else health.skipped,
        live=0.0 if health is None else health.live,
        rules=list(camera.rules),
        text=TextOut.model_validate(text),
        model_sha256=None if health is None else health.model_sha256,
        pictures=camera.has_pictures,
        approaches=[approach.id for approach in camera.approaches],
        counts=[CameraCountOut.model_validate(count) for count in sorted(recent, key=lambda c: c.approach_id)],
        circumstances=[CircumstanceOut.model_validate(one) for one in told],
    )


def overview_out(
    state: LiveState, *, now_ms: int, alarms: int, cameras: int, roads: Roads | None = None
) -> OverviewOut:
    """Count the whole in six numbers.

    Parameters
    ----------
    state : LiveState
        What the log said.
    now_ms : int
        The city's time.
    alarms : int
        Incidents that nobody has looked at.
    cameras : int
        How many cameras with pictures the city has.
    roads : Roads or None
        Lengths and lanes, which weigh the travel-time index.

    Returns
    -------
    OverviewOut
        The figures; a bus is live if its fix is at most 90 s old, on time between 1 min early and 5 min late.
    """
    seen = [v.position for v in state.vehicles.values()]
    signal, fresh = count_signals(seen, now_ms), [position for position in seen if is_live(position, now_ms)]
    delays = [p.delay_s for p in fresh if p.delay_s is not None and p.assignment.phase is Phase.IN_SERVICE]
    on_time = sum(ON_TIME_S[0] <= delay <= ON_TIME_S[1] for delay in delays)
    newest = [feed.newest_fix_ms for feed in state.feeds.values()]
    return OverviewOut(
        now_ms=now_ms,
        alarms=alarms,
        vehicles_live=signal.live,
        vehicles_expected=signal.expected,
        vehicles_parked=signal.parked,
        vehicles_known=len(seen),
        on_time_share=on_time / len(delays) if delays else None,
        travel_time_index=_travel_time_index(state, roads),
        feeds_late=sum(ms is None or now_ms - ms > LIVE_MS for ms in newest),
        cameras_ok=sum(camera.state is CameraState.OK for camera in state.cameras.values()),
        cameras=cameras,
    )


def _travel_time_index(state: LiveState, roads: Roads | None) -> float | None:
    """Return the time that all edges with data take now over the time they take at free flow.

    The index of the field weighs by what is driven. Lanes and lengths stand for that: a hundred short edges before
    signals do not outweigh a ring road, and one edge at walking speed counts by its seconds only.
    """
    if roads is None:
        return None
    length_m, lanes = roads.network.edge_length_m, roads.network.edge_lanes
    now_s = free_s = 0.0
    for edge in (now.state for now in state.edges.values()):
        if edge.speed_mps is None or edge.free_flow_mps is None or edge.edge_index >= len(lanes):
            continue
        metres = float(length_m[edge.edge_index] * max(lanes[edge.edge_index], 1))
        now_s += metres / max(edge.speed_mps, SLOWEST_MPS)
        free_s += metres / max(edge.free_flow_mps, SLOWEST_MPS)
    return now_s / free_s if free_s else None
