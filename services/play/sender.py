"""Sends bodies and ticks to the doors, again and again while the log is away, but not for ever."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import msgspec

from schemas.feed import ClockTick
from schemas.message import encode
from services.play.bodies import Body

TIMEOUT_S = 15.0
TRY_AGAIN = (429, 502, 503, 504)
FIRST_WAIT_S = 0.5
MOST_WAIT_S = 10.0
PATIENCE_S = 120.0


class SendError(Exception):
    """The doors did not take a body; the text says what they answered and how to mend it."""


@dataclass
class Sent:
    """What was sent so far, and why records were refused."""

    accepted: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


class Sender:
    """One source at the doors.

    Parameters
    ----------
    client : httpx.Client
        With the doors' address as its base.
    token : str
        The source's token.
    wait : callable
        Waits so many seconds; raises to give up.
    patience_s : float
        How long one body is tried.
    """

    def __init__(
        self,
        client: httpx.Client,
        token: str,
        *,
        wait: Callable[[float], object] = time.sleep,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._wait = wait
        self._patience_s = patience_s
        self.sent = Sent()

    def send_body(self, body: Body) -> None:
        """Send one body of fixes and count what the door said.

        Parameters
        ----------
        body : Body
            Tried until it is acknowledged or patience ends.
        """
        answer = self._post(f"/v1/fixes/{body.door}", body.data, body.media_type).json()
        self.sent.accepted += answer["accepted"]
        self.sent.refused += answer["refused"]
        for error in answer["errors"]:
            reason = f"{error['field']}: {error['reason']}"
            self.sent.reasons[reason] = self.sent.reasons.get(reason, 0) + 1

    def send_tick(self, tick: ClockTick) -> None:
        """Send one tick of the played day's clock."""
        self._post("/v1/clock", encode(tick), "application/json")

    def _post(self, path: str, data: bytes, media_type: str) -> httpx.Response:
        wait_s, waited_s = FIRST_WAIT_S, 0.0
        while True:
            response, problem = self._try(path, data, media_type)
            if response is not None and response.status_code == 202:
                return response
            if response is not None and response.status_code not in TRY_AGAIN:
                raise SendError(problem)
            if waited_s >= self._patience_s:
                raise SendError(f"{problem}; gave up after {waited_s:.0f} s")
            self._wait(wait_s)
            waited_s += wait_s
            wait_s = min(MOST_WAIT_S, wait_s * 2)

    def _try(self, path: str, data: bytes, media_type: str) -> tuple[httpx.Response | None, str]:
        headers = {**self._headers, "Content-Type": media_type}
        try:
            response = self._client.post(path, content=data, headers=headers)
        except httpx.TransportError as error:
            kind = type(error).__name__
            return None, f"no answer from {self._client.base_url} ({kind}); is `hanoi run` running?"
        return response, _problem_text(response)


def _problem_text(response: httpx.Response) -> str:
    try:
        problem = msgspec.json.decode(response.content, type=dict[str, object])
    except msgspec.MsgspecError:
        problem = {}
    said = " ".join(str(problem[name]) for name in ("title", "detail", "mend") if name in problem)
    return f"{response.request.url} answered {response.status_code}: {said or 'no reason given'}"
