"""Time-stamps of sealed packages: asked for as soon as one is sealed, and again until the authority answers.

What waits is marked in the media store before the package is put (``.seals/unstamped/PATH``), the answer lies beside
(``.seals/stamps/PATH.tsr``) and is put into the package only when it is handed out: what was sealed is never changed.
"""

from pathlib import Path

import httpx
from cryptography.x509 import Certificate

from services.evidence.waiting import Waiting
from services.media.room import SEALS
from services.public_address import public_address
from services.settings import EvidenceSettings
from vision.errors import EvidenceError
from vision.evidence.package import staple
from vision.evidence.stamp import Query, load_roots
from vision.evidence.verify import read_file

STAMPS = f"{SEALS}stamps/"
TIMEOUT_S = 10.0
MOST_ANSWER_BYTES = 1 << 20


class Authority:
    """A time-stamp authority that speaks HTTP.

    Parameters
    ----------
    url : str
        Its address.
    roots : list of Certificate
        Whom its answers must lead to; none: they are kept without a look at their signature.
    """

    def __init__(self, url: str, roots: list[Certificate]) -> None:
        self.url, self._roots = url, roots

    def stamp(self, manifest: bytes) -> bytes:
        """Return a time-stamp of a manifest; `EvidenceError` where the authority is away or its answer is bad."""
        query = Query(manifest)
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            answer = httpx.post(self.url, content=query.data, headers=headers, timeout=TIMEOUT_S, trust_env=False)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise EvidenceError(
                f"the time-stamp authority {public_address(self.url)} does not answer ({error})"
            ) from error
        if len(answer.content) > MOST_ANSWER_BYTES:
            raise EvidenceError(
                f"the time-stamp authority {public_address(self.url)} answered with {len(answer.content)} bytes"
            )
        return query.read_answer(answer.content, self._roots)


def open_authority(settings: EvidenceSettings) -> Authority | None:
    """Return the authority that the settings name, ``None`` without one; `EvidenceError` where its root is unusable."""
    if settings.tsa_url is None:
        return None
    return Authority(settings.tsa_url, read_roots(settings.tsa_ca) if settings.tsa_ca else [])


def read_roots(path: Path) -> list[Certificate]:
    """Return the certificates of a file, or name it in an `EvidenceError`."""
    try:
        return load_roots(path.read_bytes())
    except (OSError, EvidenceError) as error:
        raise EvidenceError(f"{path}: {error}; give the root certificate of the time-stamp authority") from error


class Stamps(Waiting):
    """Time-stamps in the media store."""

    waiting = f"{SEALS}unstamped/"

    def find(self, path: str) -> bytes | None:
        """Return the time-stamp of a package, ``None`` where it has none."""
        token = f"{STAMPS}{path}.tsr"
        return self._media.read(token) if self._media.exists(token) else None

    def stapled(self, path: str, package: bytes) -> bytes:
        """Return a package with its time-stamp in it, where it has one."""
        token = self.find(path)
        return package if token is None else staple(package, token)

    def ask(self, authority: Authority) -> int:
        """Ask for every time-stamp that is waited for; return how many came. The first failure ends it."""
        came = 0
        for path in self.list_waiting():
            if self._media.exists(path) and self.find(path) is None:
                token = authority.stamp(read_file(self._media.read(path), "manifest.json"))
                self._media.create(f"{STAMPS}{path}.tsr", token)
                came += 1
            self.done(path)
        return came
