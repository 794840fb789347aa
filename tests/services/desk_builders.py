"""Incidents, candidates and evidence for tests of the desks."""

from schemas.incident import Finding, Incident, IncidentEvidence, IncidentState
from schemas.text import Text
from schemas.violation import Candidate, EvidenceRef, LampSpan, PlateReading, TrackPoint

FINDINGS = (Finding(kind="held", text=Text(vi="1 xe buýt đứng yên", en="1 bus standing"), log_odds=6.5),)
NOW_MS = 1_795_000_000_000  # 2026-11-18T11:06:40Z


def incident(
    incident_id: str = "i-1", *, updated_ms: int = NOW_MS, probability: float = 0.9,
    state: IncidentState = IncidentState.DETECTED,
) -> Incident:  # fmt: skip
    return Incident(
        incident_id=incident_id,
        state=state,
        kind="slow_traffic",
        lon=105.85,
        lat=21.02,
        started_ms=NOW_MS - 60_000,
        updated_ms=updated_ms,
        probability=probability,
        title=Text(vi="Ùn tắc tại Ngã Tư Sở", en="Slow at Nga Tu So"),
        why=Text(vi="6 xe buýt chậm", en="6 buses slower than usual"),
        evidence=IncidentEvidence(
            edge_ids=("1/2/3",), vehicle_ids=("29B-1",), speed_mps=1.0, usual_mps=6.0, findings=FINDINGS
        ),
        source="estimate",
    )


def candidate(
    candidate_id: str = "C-058:red_light:7:1664098914500",
    *,
    time_ms: int = NOW_MS,
    evidence: EvidenceRef | None = None,
    road_user: str = "car",
) -> Candidate:
    return Candidate(
        candidate_id=candidate_id,
        camera_id="C-058",
        rule="red_light",
        approach_id="east",
        track_id=7,
        time_ms=time_ms,
        frame=12,
        box=(10.0, 20.0, 110.0, 90.0),
        road_user=road_user,
        confidence=0.93,
        uncertainty_s=0.2,
        measured={"after_red_s": 1.84},
        plate=PlateReading(text="30F-587.93", confidence=0.9, looks=4),
        timeline=(
            LampSpan(colour="green", start_ms=time_ms - 9000, end_ms=time_ms - 1840),
            LampSpan(colour="red", start_ms=time_ms - 1840, end_ms=time_ms + 4000),
        ),
        track=(TrackPoint(time_ms=time_ms, box=(10.0, 20.0, 110.0, 90.0), confidence=0.9),),
        exceptions={"arrow": "none"},
        versions={"rules": "1"},
        evidence=evidence,
    )
