"""Sealed packages put into the media store, each at its place in its camera's chain."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

import structlog

from schemas.violation import Candidate, EvidenceRef
from services.evidence.chain import Chains, Entry
from services.evidence.copies import Copies
from services.evidence.stamps import Stamps
from services.media.errors import MediaError
from services.media.store import SCHEME, MediaStore
from vision.evidence.keys import SealingKey
from vision.evidence.package import Link, seal
from vision.evidence.parts import Parts
from vision.evidence.verify import verify_package

# Another detector took the number each time: with so many at once something else is wrong.
MOST_TRIES = 20
# As the collector makes them: camera, rule, time, place in the picture.
CANDIDATE_ID = re.compile(r"(?P<camera>.+)-(?P<rule>[a-z_]+)-(?P<time_ms>\d{12,14})-.+")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Kept:
    ref: EvidenceRef
    entry: Entry


class Keeper:
    """Seals parts and keeps the packages; whatever was kept for an act stays as it is.

    Parameters
    ----------
    media : MediaStore
        Takes packages and chains.
    key : SealingKey
        Seals.
    authority : str, optional
        The time-stamp authority that will be asked.
    """

    def __init__(self, media: MediaStore, key: SealingKey, authority: str | None = None) -> None:
        self._media, self._key, self._authority = media, key, authority
        self._chains, self._stamps, self._copies = Chains(media), Stamps(media), Copies(media)

    def keep(self, parts: Parts) -> EvidenceRef:
        """Seal and keep a package, once: the same act again has what was kept first.

        A package is put first and takes its number then, so that a crash between leaves a package without a number
        and never a number without a package; the package is finished when the act comes again.

        Raises
        ------
        MediaError
            If it cannot be stored.
        """
        candidate = parts.candidate
        for number in range(MOST_TRIES):
            ref = self._place(candidate)
            if ref is not None:
                return ref
            link = self._chains.next_link(candidate.camera_id, look=number > 0)
            path = f"{package_folder(candidate)}/{link.number:08d}.zip"
            self._media.hold(path, candidate.candidate_id)  # until an officer rejects the case
            if self._authority is not None:
                self._stamps.wait_for(path)
            self._copies.wait_for(path)
            self._put(path, parts, link)
        raise MediaError(
            f"{package_folder(candidate)}: no place in the chain of {candidate.camera_id} after {MOST_TRIES} tries"
        )

    def _place(self, candidate: Candidate) -> EvidenceRef | None:
        """Return the first package of an act that has its number or gets it now, whoever sealed it; let others go."""
        ref = None
        for path in self._media.list_below(package_folder(candidate)):
            kept = None if ref else self._find(path)
            if kept is not None and self._chains.append(kept.entry):
                ref = kept.ref
            elif kept is not None or ref is not None:  # its number is another act's: nobody was told of it
                self._media.release(path, candidate.candidate_id)
        return ref

    def _put(self, path: str, parts: Parts, link: Link) -> None:
        self._media.create(path, seal(parts, self._key, link, authority=self._authority).data)

    def _find(self, path: str) -> _Kept | None:
        """Return a package that was sealed for this act, so that a repeat never replaces evidence."""
        data = self._media.read(path)
        verdict = verify_package(data, {self._key.public_hex})
        if not verdict.ok or verdict.manifest is None or verdict.manifest_sha256 is None:
            _log.error("a kept package is not intact; it stays, and the act is sealed anew", path=path)
            return None
        chain = verdict.manifest["chain"]
        entry = Entry(
            camera_id=verdict.manifest["camera_id"],
            number=chain["number"],
            candidate_id=verdict.manifest["candidate_id"],
            path=path,
            manifest_sha256=verdict.manifest_sha256,
            previous_sha256=chain["previous_sha256"],
        )
        digest = hashlib.sha256(data).hexdigest()
        ref = EvidenceRef(
            uri=SCHEME + path, sha256=digest, manifest_sha256=verdict.manifest_sha256, key_id=self._key.key_id
        )
        return _Kept(ref, entry)


def package_folder(candidate: Candidate) -> str:
    """Return the folder in the media store in which the package of a candidate lies, by its number in the chain."""
    return _folder(candidate.camera_id, candidate.time_ms, candidate.candidate_id)


def folder_of_id(candidate_id: str) -> str | None:
    """Return the same folder by the candidate's id alone, ``None`` for one of another form."""
    parts = CANDIDATE_ID.fullmatch(candidate_id)
    return _folder(parts["camera"], int(parts["time_ms"]), candidate_id) if parts else None


def _folder(camera_id: str, time_ms: int, candidate_id: str) -> str:
    day = dt.datetime.fromtimestamp(time_ms / 1000, dt.UTC).strftime("%Y-%m-%d")
    return f"evidence/{camera_id}/{day}/{candidate_id}"
