"""Bring reports through the ingest door, as trackers do; what the door does not take now is kept a while."""

from collections import deque
from collections.abc import Callable, Sequence

import httpx
import structlog

from schemas.fix import Fix
from services.play.bodies import write_ufms_json

KEPT = 20_000
BATCH = 2_000
ANSWERED, GONE = 202, {401, 403}

log = structlog.get_logger()


class Sender:
    """Posts fixes as tracker messages.

    Parameters
    ----------
    client : httpx.Client
        With the door's base address.
    get_token : callable
        Gives the token; asked again when the door refuses it.
    """

    def __init__(self, client: httpx.Client, get_token: Callable[[], str]) -> None:
        self._client = client
        self._get_token = get_token
        self._token = get_token()
        self._waiting: deque[Fix] = deque(maxlen=KEPT)
        self._closed = False
        self._said_refused = False
        self.accepted = 0
        self.refused = 0
        self.lost = 0

    def send(self, fixes: Sequence[Fix]) -> None:
        """Send what waits and what is new, in order; what cannot be sent waits for the next call."""
        self.lost += max(0, len(self._waiting) + len(fixes) - KEPT)
        self._waiting.extend(fixes)
        while self._waiting:
            batch = [self._waiting[k] for k in range(min(BATCH, len(self._waiting)))]
            if not self._post(batch):
                return
            for _ in batch:
                self._waiting.popleft()

    def _post(self, batch: Sequence[Fix]) -> bool:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            answer = self._client.post("/v1/fixes/ufms-json", content=write_ufms_json(batch), headers=headers)
        except httpx.HTTPError as error:
            self._say_closed(type(error).__name__)
            return False
        if answer.status_code == ANSWERED:
            self._take(answer.json())
            return True
        if answer.status_code in GONE:
            self._token = self._get_token()
        self._say_closed(f"answered {answer.status_code}")
        return False

    def _take(self, body: dict[str, object]) -> None:
        if self._closed:
            log.info("the door takes reports again", waiting=len(self._waiting), lost=self.lost)
        self._closed = False
        accepted, refused = body.get("accepted"), body.get("refused")
        self.accepted += accepted if isinstance(accepted, int) else 0
        if isinstance(refused, int) and refused:
            self.refused += refused
            # Trackers that send nonsense are part of the simulation; the first refusal says what it looks like.
            say = log.debug if self._said_refused else log.info
            say("the door refused reports", refused=refused, errors=body.get("errors"))
            self._said_refused = True

    def _say_closed(self, why: str) -> None:
        if not self._closed:
            log.info("the door takes no reports yet; they are kept and sent later", why=why)
        self._closed = True
