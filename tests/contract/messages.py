"""Messages for the tests of the store, the runner and the archive."""

from schemas.camera import CameraSegment, CameraState
from schemas.camera_watch import CameraMinute, CameraSight
from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.feed import FeedHealth
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.incident import Incident, IncidentEvidence, IncidentState
from schemas.position import BusPosition, Quality
from schemas.prediction import StopPrediction, TripPrediction
from schemas.stop_event import StopEvent
from schemas.text import Text
from schemas.trip import Assignment, Phase
from schemas.violation import Candidate, PlateReading

# 2026-11-22 07:00 in Hà Nội.
NOON_MS = 1_795_305_600_000
QUALITY = Quality(correct=1.0, complete=0.9, clean=0.8, live=0.7)
TEXT = Text(vi="Xe đứng yên", en="The bus stands still")


def position(
    vehicle_id: str = "29B-001.23", time_ms: int = NOON_MS, lon: float = 105.85, **more: object
) -> BusPosition:
    assignment = Assignment(
        phase=Phase.IN_SERVICE, probability=0.9, trip_id="T1", start_date="20261122", route_id="R1", direction_id=0
    )
    return BusPosition(
        vehicle_id=vehicle_id,
        time_ms=time_ms,
        lon=lon,
        lat=21.02,
        source="test",
        received_ms=time_ms + 1000,
        assignment=assignment,
        quality=QUALITY,
        **more,  # type: ignore[arg-type]
    )


def stop_event(sequence: int = 1, departure_ms: int | None = None, vehicle_id: str = "29B-001.23") -> StopEvent:
    return StopEvent(
        vehicle_id=vehicle_id,
        trip_id="T1",
        start_date="20261122",
        route_id="R1",
        stop_id=f"S{sequence}",
        stop_sequence=sequence,
        arrival_ms=NOON_MS,
        departure_ms=departure_ms,
        delay_s=12.5,
    )


def prediction(made_at_ms: int = NOON_MS) -> TripPrediction:
    stop = StopPrediction(
        stop_id="S2",
        stop_sequence=2,
        eta_ms=made_at_ms + 200_000,
        p10_ms=made_at_ms + 150_000,
        p50_ms=made_at_ms + 220_000,
        p90_ms=made_at_ms + 400_000,
    )
    return TripPrediction(
        vehicle_id="29B-001.23",
        trip_id="T1",
        start_date="20261122",
        route_id="R1",
        made_at_ms=made_at_ms,
        fix_time_ms=made_at_ms - 5000,
        fix_age_s=5.0,
        delay_s=12.5,
        reason=TEXT,
        model="delay@1",
        stops=(stop,),
    )


def edge_state(edge_index: int = 7, time_ms: int = NOON_MS, speed_mps: float | None = 4.5) -> EdgeState:
    return EdgeState(
        edge_id=f"1/2/{edge_index}",
        edge_index=edge_index,
        time_ms=time_ms,
        level=LevelOfService.SLOW,
        observations=3,
        age_s=20.0,
        speed_mps=speed_mps,
        sd_mps=0.5,
    )


def road_states(*states: EdgeState, time_ms: int = NOON_MS) -> RoadStates:
    return RoadStates(cell="c1", time_ms=time_ms, states=states)


def alert(updated_ms: int = NOON_MS, ended_ms: int | None = None) -> FleetAlert:
    return FleetAlert(
        alert_id="stuck/29B-001.23",
        kind=AlertKind.STUCK,
        started_ms=NOON_MS,
        updated_ms=updated_ms,
        ended_ms=ended_ms,
        text=TEXT,
        vehicle_id="29B-001.23",
    )


def feed_health(time_ms: int = NOON_MS) -> FeedHealth:
    return FeedHealth(
        source="test",
        time_ms=time_ms,
        newest_fix_ms=time_ms - 2000,
        fixes=100,
        vehicles=10,
        vehicles_live=9,
        delay_p50_s=1.5,
        quality=QUALITY,
        verdicts={"jump": 3},
        worst=TEXT,
    )


def segment(number: int = 0) -> CameraSegment:
    start_ms = NOON_MS + number * 2000
    return CameraSegment(
        camera_id="C-058",
        segment=number,
        uri=f"media:C-058/{number}.mp4",
        sha256="ab" * 32,
        start_ms=start_ms,
        end_ms=start_ms + 2000,
        received_ms=start_ms + 2500,
        frame_ms=(start_ms, start_ms + 1000),
        width=640,
        height=480,
        codec="h264",
        clock="file",
        uncertainty_s=1.0,
    )


def camera_health() -> CameraSight:
    return CameraSight(
        camera_id="C-058",
        time_ms=NOON_MS,
        state=CameraState.OK,
        since_ms=NOON_MS,
        frames=50,
        skipped=1,
        live=1.0,
        text=TEXT,
        model_sha256="5f" * 32,
    )


def camera_count() -> CameraMinute:
    return CameraMinute(
        camera_id="C-058",
        approach_id="east",
        start_ms=NOON_MS,
        end_ms=NOON_MS + 60_000,
        counts={"motorbike": 41, "bus": 1},
        frames=900,
        watched_s=58.0,
        model_sha256="5f" * 32,
    )


def incident(state: IncidentState = IncidentState.DETECTED, updated_ms: int = NOON_MS) -> Incident:
    return Incident(
        incident_id="I-1",
        state=state,
        kind="slow_buses",
        lon=105.85,
        lat=21.02,
        started_ms=NOON_MS,
        updated_ms=updated_ms,
        probability=0.8,
        title=TEXT,
        why=TEXT,
        evidence=IncidentEvidence(edge_ids=("1/2/7",)),
        source="estimate",
    )


def candidate() -> Candidate:
    return Candidate(
        candidate_id="K-1",
        camera_id="C-058",
        rule="red_light",
        approach_id="east",
        track_id=4,
        time_ms=NOON_MS,
        frame=120,
        box=(1.0, 2.0, 30.0, 40.0),
        road_user="car",
        confidence=0.8,
        uncertainty_s=1.0,
        measured={"after_red_s": 1.2},
        plate=PlateReading(text=None, confidence=0.0, looks=0),
        timeline=(),
        track=(),
        exceptions={},
        versions={"rule": "1"},
    )
