"""The officers' desk; every look at a picture is written into the audit."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from services.api.cases.package import Package, read_copy, read_package
from services.api.cases.responses import (
    CaseOut,
    CasesOut,
    DecisionIn,
    OriginalIn,
    ReasonsOut,
    VerifyOut,
    case_out,
    case_row_out,
)
from services.api.incidents.responses import ReasonOut
from services.api.problems import ProblemError, absent
from services.api.ranges import ranged
from services.api.responses import TextOut
from services.api.state import ApiState, Person, State
from services.auth.sessions import User
from services.cases.desk import decide_case, log_view, open_original, original_until_ms, undo_case
from services.cases.holds import settle_hold
from services.cases.law import find_clause
from services.cases.lifecycle import REJECT_REASONS
from services.store.cases import (
    ALSO_SEEN,
    Case,
    count_cases,
    find_case,
    find_decision,
    list_case_log,
    list_cases,
    oldest_case_ms,
)

router = APIRouter(tags=["cases"])
Status = Literal["open", "approved", "rejected"]
PRIVATE = {"Cache-Control": "private, no-store"}
ABSENT = "There is no such case."
NO_REASON = "Bystanders can be seen in the original; give a reason first."


@router.get("/api/cases")
def read_cases(
    state: State, status: Status = "open", rule: Annotated[str | None, Query(max_length=64)] = None
) -> CasesOut:
    """Return the queue, oldest act first."""
    with state.store.reading() as session:
        cases = list_cases(session, status, rule)
        counts = count_cases(session, status)
        oldest_ms = oldest_case_ms(session, status)
    return CasesOut(
        cases=[case_row_out(case, state.camera_by_id) for case in cases], counts=counts, oldest_ms=oldest_ms
    )


@router.get("/api/cases/reasons")
def read_reasons() -> ReasonsOut:
    """Return the reasons for a rejection."""
    return ReasonsOut(
        reasons=[ReasonOut(code=code, text=TextOut.model_validate(text)) for code, text in REJECT_REASONS.items()]
    )


@router.get("/api/cases/{case_id}")
def read_case(state: State, person: Person, case_id: str) -> CaseOut:
    """Return one case with all its evidence; its package is verified."""
    found = _view(state, person, case_id)
    _seen(state, person, case_id, "case")
    return found


@router.post("/api/cases/{case_id}/decision")
def decide(state: State, person: Person, case_id: str, body: DecisionIn) -> CaseOut:
    """Approve or reject; a case whose package is not intact cannot be approved."""
    if body.verdict == "approve":
        package = read_package(state.media, _case(state, case_id).candidate)
        if not package.ok:
            raise ProblemError(HTTPStatus.CONFLICT, f"This case cannot be approved. {package.text.en}")
    done = decide_case(
        state.store,
        case_id,
        body.verdict,
        actor=person.name,
        wall_ms=state.wall.now_ms(),
        reason_code=body.reason_code,
        text=body.text.strip(),
    )
    if not done:
        raise absent(ABSENT)
    _settle(state, case_id)
    return _view(state, person, case_id)


def _settle(state: State, case_id: str) -> None:
    """Let the packages of a case, and of what other cameras saw of its act, follow its status."""
    with state.store.reading() as session:
        log = list_case_log(session, case_id)
    also_seen = [entry.note for entry in log if entry.action == ALSO_SEEN and entry.note]
    settle_hold(state.media, _case(state, case_id), also_seen)


@router.post("/api/cases/{case_id}/undo")
def undo(state: State, person: Person, case_id: str) -> CaseOut:
    """Take back one's own decision, within 10 s."""
    if not undo_case(state.store, case_id, actor=person.name, wall_ms=state.wall.now_ms()):
        raise absent(ABSENT)
    _settle(state, case_id)
    return _view(state, person, case_id)


@router.post("/api/cases/{case_id}/verify")
def verify(state: State, person: Person, case_id: str) -> VerifyOut:
    """Verify the package again, from its bytes."""
    package = read_package(state.media, _case(state, case_id).candidate)
    _seen(state, person, case_id, "verify")
    return VerifyOut(ok=package.ok, text=TextOut.model_validate(package.text), problems=list(package.problems))


@router.post("/api/cases/{case_id}/original")
def ask_original(state: State, person: Person, case_id: str, body: OriginalIn) -> CaseOut:
    """Give a reason, written into the audit, and see the original for 15 minutes."""
    _case(state, case_id)
    open_original(state.store, case_id, actor=person.name, wall_ms=state.wall.now_ms(), reason=body.reason)
    return _view(state, person, case_id)


@router.get("/api/cases/{case_id}/redacted.zip", response_class=Response)
def read_redacted(state: State, person: Person, request: Request, case_id: str) -> Response:
    """Return the copy in which bystanders' heads and plates are covered."""
    package = _copy(state, case_id)
    assert package.data is not None
    _seen(state, person, case_id, "redacted.zip")
    return ranged(request, package.data, "application/zip", _download(f"case-{case_id}-redacted.zip"))


@router.get("/api/cases/{case_id}/package.zip", response_class=Response)
def read_zip(state: State, person: Person, request: Request, case_id: str) -> Response:
    """Return the sealed package, with its time-stamp where there is one; needs a reason given before."""
    package = _original(state, person, case_id)
    _seen(state, person, case_id, "package.zip")
    return ranged(request, package.stapled, "application/zip", _download(f"case-{case_id}.zip"))


@router.get("/api/cases/{case_id}/files/{name:path}", response_class=Response)
def read_case_file(
    state: State, person: Person, request: Request, case_id: str, name: str, *, original: bool = False
) -> Response:
    """Return one file of the redacted copy, or of the original; a video may be read by byte ranges."""
    package = _original(state, person, case_id) if original else _copy(state, case_id)
    try:
        data = package.read(name)
    except KeyError:
        raise absent("The package has no such file.") from None
    media_type = next(entry["media_type"] for entry in package.files if entry["name"] == name)
    _seen(state, person, case_id, f"{name} (original)" if original else name)
    safe = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "inline"}
    return ranged(request, data, media_type, PRIVATE | safe)


def _download(name: str) -> dict[str, str]:
    return PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}


def _seen(state: ApiState, person: User, case_id: str, name: str) -> None:
    now_ms = state.wall.now_ms()
    if state.views.is_new(person.name, case_id, name, now_ms):
        log_view(state.store, case_id, actor=person.name, wall_ms=now_ms, name=name)


def _case(state: ApiState, case_id: str) -> Case:
    with state.store.reading() as session:
        case = find_case(session, case_id)
    if case is None:
        raise absent(ABSENT)
    return case


def _original(state: ApiState, person: User, case_id: str) -> Package:
    case = _case(state, case_id)
    if _until_ms(state, person, case_id) is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, NO_REASON)
    return _there(read_package(state.media, case.candidate))


def _until_ms(state: ApiState, person: User, case_id: str) -> int | None:
    return original_until_ms(state.store, case_id, actor=person.name, wall_ms=state.wall.now_ms())


def _copy(state: ApiState, case_id: str) -> Package:
    return _there(read_copy(state.media, _case(state, case_id).candidate))


def _there(package: Package) -> Package:
    if package.data is None:
        raise absent(package.text.en)
    return package


def _view(state: ApiState, person: User, case_id: str) -> CaseOut:
    with state.store.reading() as session:
        case = find_case(session, case_id)
        if case is None:
            raise absent(ABSENT)
        log = list_case_log(session, case_id)
        decision = find_decision(session, case_id)
    act_ms = case.candidate.time_ms
    return case_out(
        case,
        cameras=state.camera_by_id,
        package=read_package(state.media, case.candidate),
        has_copy=read_copy(state.media, case.candidate).ok,
        original_until_ms=_until_ms(state, person, case_id),
        finding=find_clause(case.candidate.rule, case.candidate.road_user, act_ms, state.wall.now_ms()),
        log=log,
        decision=decision,
    )
