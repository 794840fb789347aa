"""What the API says about violation cases."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from pydantic import Field, StringConstraints

from services.api.cases.package import Package
from services.api.incidents.responses import ReasonsOut
from services.api.responses import Asked, Listed, Model, TextOut
from services.cases.law import ClauseFinding
from services.cases.lifecycle import CaseEntry, Verdict
from services.store.case_faults import found_later
from services.store.cases import Case, Decision
from vision.camera import CameraConfig

PICTURES = ("overlay_at.jpg", "frame_at.png")
Json = dict[str, Any]


class CaseRowOut(Model):
    """One case in the queue."""

    case_id: str
    candidate_id: str
    camera_id: str
    camera_name: TextOut
    rule: str
    time_ms: int
    status: str
    plate: str | None
    plate_confidence: float
    plate_partial: str | None
    plate_doubt: str | None
    confidence: float
    road_user: str
    has_picture: bool


class CasesOut(Model):
    """The queue, oldest act first; ``counts`` of all rules whatever the filter."""

    cases: list[CaseRowOut]
    counts: dict[str, int]
    oldest_ms: int | None


class ClauseOut(Model):
    """The clause in force on the day of the act."""

    id: str
    text: TextOut
    in_force_from: str


class LampOut(Model):
    """One colour of the lamp over a span of time."""

    colour: str
    start_ms: int
    end_ms: int


class PointOut(Model):
    """One box of the road user's track, pixels of the camera's frame."""

    time_ms: int
    box: tuple[float, float, float, float]
    confidence: float


class FileOut(Model):
    """One file of the package."""

    name: str
    media_type: str
    bytes: int
    sha256: str


class ClipOut(Model):
    """The video, with the event time of each frame."""

    file: str
    start_ms: int
    end_ms: int
    frame_ms: list[int]
    lacks: list[str]


class VerificationOut(Model):
    """Whether the package is as it was sealed."""

    ok: bool
    text: TextOut


class VerifyOut(VerificationOut):
    """The same with each problem."""

    problems: list[str]


class CaseLogOut(Model):
    """One thing that happened to a case; wall time."""

    time_ms: int
    actor: str
    action: str
    note: str


class DecisionOut(Model):
    """What an officer decided."""

    verdict: str
    reason_code: str | None
    text: str
    actor: str
    time_ms: int


class CaseOut(CaseRowOut):
    """One case with all its evidence; ``clause_reason`` says why there is no clause, or what limits it.

    ``has_copy`` tells whether the redacted copy is there; until ``original_until_ms`` this person may see the original.
    """

    measured: dict[str, float]
    uncertainty_s: float
    clause: ClauseOut | None
    clause_reason: TextOut | None
    timeline: list[LampOut]
    track: list[PointOut]
    frame_size: tuple[int, int] | None
    stop_line: list[tuple[float, float]] | None
    lamps: dict[str, Any] | None
    exceptions: dict[str, str]
    versions: dict[str, str]
    files: list[FileOut]
    clip: ClipOut | None
    has_copy: bool
    original_until_ms: int | None
    verification: VerificationOut
    log: list[CaseLogOut]
    decision: DecisionOut | None


class OriginalIn(Asked):
    """Why somebody wants to see pictures in which bystanders are not covered."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class DecisionIn(Asked):
    """A decision; ``reason_code`` is needed to reject."""

    verdict: Annotated[Verdict, Listed]
    reason_code: str | None = Field(default=None, max_length=64)
    text: str = Field(default="", max_length=2000)


def case_row_out(case: Case, cameras: dict[str, CameraConfig]) -> CaseRowOut:
    """Turn a case into its row in the queue."""
    said = case.candidate
    camera = cameras.get(said.camera_id)
    name = TextOut(vi=said.camera_id, en=said.camera_id) if camera is None else TextOut.model_validate(camera.name)
    return CaseRowOut(
        case_id=case.case_id,
        candidate_id=said.candidate_id,
        camera_id=said.camera_id,
        camera_name=name,
        rule=said.rule,
        time_ms=said.time_ms,
        status=case.status.value,
        plate=said.plate.text,
        plate_confidence=said.plate.confidence,
        plate_partial=said.plate.partial,
        plate_doubt=said.plate.doubt,
        confidence=said.confidence,
        road_user=said.road_user,
        has_picture=said.evidence is not None,
    )


def case_out(
    case: Case,
    *,
    cameras: dict[str, CameraConfig],
    package: Package,
    has_copy: bool,
    original_until_ms: int | None,
    finding: ClauseFinding,
    log: Sequence[CaseEntry],
    decision: Decision | None,
) -> CaseOut:
    """Turn a case into all that is known about it."""
    said = case.candidate
    camera = package.camera() or _configured(cameras.get(said.camera_id))
    approach: Json = next((a for a in camera.get("approaches", ()) if a["id"] == said.approach_id), {})
    clip = package.manifest.get("clip")
    clause = finding.clause
    return CaseOut(
        **case_row_out(case, cameras).model_dump(),
        measured=said.measured,
        uncertainty_s=said.uncertainty_s,
        clause=None
        if clause is None
        else ClauseOut(
            id=clause.id, text=TextOut.model_validate(clause.text), in_force_from=clause.in_force_from.isoformat()
        ),
        clause_reason=None if finding.reason is None else TextOut.model_validate(finding.reason),
        timeline=[LampOut.model_validate(span) for span in said.timeline],
        track=[PointOut.model_validate(point) for point in said.track],
        frame_size=camera.get("frame"),
        stop_line=approach.get("stop_line"),
        lamps=approach.get("lamps"),
        exceptions=said.exceptions | found_later(log),
        versions=said.versions,
        files=[FileOut.model_validate(_named(entry)) for entry in package.files],
        clip=None if not clip else ClipOut(**{name: clip.get(name, []) for name in ClipOut.model_fields}),
        has_copy=has_copy,
        original_until_ms=original_until_ms,
        verification=VerificationOut(ok=package.ok, text=TextOut.model_validate(package.text)),
        log=[CaseLogOut.model_validate(entry) for entry in log],
        decision=None if decision is None else DecisionOut.model_validate(decision),
    )


def _named(entry: Json) -> Json:
    return {name: entry[name] for name in FileOut.model_fields}


def _configured(camera: CameraConfig | None) -> Json:
    if camera is None:
        return {}
    found = msgspec.to_builtins(
        {
            "frame": camera.frame,
            "approaches": [
                {"id": a.id, "stop_line": a.stop_line, "lamps": None if a.lamps is None else vars(a.lamps)}
                for a in camera.approaches
            ],
        }
    )
    assert isinstance(found, dict)
    return found


__all__ = [
    "CaseOut",
    "CaseRowOut",
    "CasesOut",
    "DecisionIn",
    "OriginalIn",
    "ReasonsOut",
    "VerifyOut",
    "case_out",
    "case_row_out",
]
