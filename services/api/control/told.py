"""What signal controllers and people say of junctions that cameras watch."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, model_validator

from schemas.signal import CameraCircumstance, CircumstanceKind, SignalColour, SignalState
from services.api.circumstances import holding
from services.api.control.responses import CircumstanceOut
from services.api.problems import ProblemError, absent
from services.api.responses import Asked, Listed, Model
from services.api.state import State
from services.store.outbox import put_outbox

router = APIRouter(tags=["control"])
MOST_STATES = 500
# What messages take as a time.
YEAR_2000_MS = 946_684_800_000


class SignalStateIn(Asked):
    """One group's colour from a moment until at least another, milliseconds of Unix time."""

    signal_id: str = Field(min_length=1, max_length=256)
    colour: Annotated[SignalColour, Listed]
    since_ms: int = Field(ge=YEAR_2000_MS)
    until_ms: int = Field(ge=YEAR_2000_MS)
    error_ms: int = Field(default=0, ge=0, le=60_000)

    @model_validator(mode="after")
    def _in_order(self) -> "SignalStateIn":
        if self.until_ms < self.since_ms:
            raise ValueError("until_ms lies before since_ms")
        return self


class CircumstanceIn(Asked):
    """What is before a camera; without ``since_ms`` from now on, without ``until_ms`` until it is told again."""

    kind: Annotated[CircumstanceKind, Listed]
    approach_id: str | None = None
    since_ms: int | None = Field(default=None, ge=YEAR_2000_MS)
    until_ms: int | None = Field(default=None, ge=YEAR_2000_MS)


class CircumstancesOut(Model):
    """What is said to be before one camera."""

    circumstances: list[CircumstanceOut]


class TakenOut(Model):
    """How much was taken."""

    taken: int


@router.post("/api/signals", status_code=HTTPStatus.ACCEPTED)
def tell_signals(state: State, body: list[SignalStateIn]) -> TakenOut:
    """Take what a controller says its groups show; a gateway posts each change, and each second that it holds."""
    if len(body) > MOST_STATES:
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {MOST_STATES} states at once.")
    with state.store.transaction() as session:
        for said in body:
            message = SignalState(said.signal_id, said.colour, said.since_ms, said.until_ms, said.error_ms)
            put_outbox(session, "signals.states", said.signal_id, message, state.wall.now_ms())
    return TakenOut(taken=len(body))


@router.post("/api/cameras/{camera_id}/circumstances", status_code=HTTPStatus.ACCEPTED)
def tell_circumstance(state: State, camera_id: str, body: CircumstanceIn) -> CircumstancesOut:
    """Take that an officer directs the traffic before a camera, or what else excuses acts there, and since when.

    The answer is what holds before that camera now. What began ends where the same kind is told with an ``until_ms``.
    """
    camera = next((camera for camera in state.cameras if camera.id == camera_id), None)
    if camera is None:
        raise absent(f"There is no camera {camera_id}.")
    if body.approach_id is not None and body.approach_id not in {approach.id for approach in camera.approaches}:
        raise absent(f"Camera {camera_id} has no approach {body.approach_id}.")
    since_ms = body.since_ms or state.now_ms
    if body.until_ms is not None and body.until_ms < since_ms:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "until_ms lies before since_ms.")
    message = CameraCircumstance(camera_id, body.kind, since_ms, body.until_ms, body.approach_id)
    with state.store.transaction() as session:
        put_outbox(session, "camera.circumstances", camera_id, message, state.wall.now_ms())
    with state.live.reading() as live:
        told = {**live.circumstances.get(camera_id, {}), (message.kind, message.approach_id): message}
    return CircumstancesOut.model_validate({"circumstances": holding(told, state.now_ms)})
