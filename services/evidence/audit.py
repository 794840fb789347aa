"""A look at a camera's whole chain: every package that should lie in the media store, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from services.evidence.chain import Chains, Entry
from services.media.store import MediaStore
from vision.evidence.verifier import check_chain
from vision.evidence.verify import verify_package


@dataclass(frozen=True)
class ChainReport:
    """How many packages a chain has, how many lie there, how many went, and one sentence for each problem."""

    packages: int
    gone: int
    problems: tuple[str, ...]

    @property
    def text(self) -> str:
        """One line."""
        state = "whole" if not self.problems else f"{len(self.problems)} problems"
        return f"{self.packages} packages, {self.gone} of them gone after a rejection, chain {state}"


def audit_chain(media: MediaStore, camera_id: str, trusted_keys: Collection[str] | None = None) -> ChainReport:
    """Verify every package of a camera and that each names the one before it.

    Parameters
    ----------
    media : MediaStore
        Where they lie.
    camera_id : str
        The camera.
    trusted_keys : collection of str, optional
        Public keys (hexadecimal) that may have sealed them; any by default.

    Returns
    -------
    ChainReport
        A package that is absent though somebody holds it is a problem; one that nobody holds may go.
    """
    entries = list(Chains(media).walk(camera_id))
    links: list[tuple[dict[str, Any], str]] = []
    problems: list[str] = []
    gone = 0
    for entry in entries:
        # The chain's own entries are compared: of a package that went they are all that is left.
        links.append((_told(entry), entry.manifest_sha256))
        if media.exists(entry.path):
            problems += _compare(media.read(entry.path), entry, trusted_keys)
        elif media.list_holders(entry.path):
            problems.append(f"package {entry.number} ({entry.path}) is missing, though it is held")
        else:
            gone += 1
    if entries and entries[0].number != 1:
        problems.append(f"the chain begins with package {entries[0].number}")
    return ChainReport(len(entries), gone, (*problems, *check_chain(links)))


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "camera_id": entry.camera_id,
        "candidate_id": entry.candidate_id,
        "chain": {"number": entry.number, "previous_sha256": entry.previous_sha256},
    }


def _compare(data: bytes, entry: Entry, trusted_keys: Collection[str] | None) -> list[str]:
    verdict = verify_package(data, trusted_keys)
    name = f"package {entry.number} ({entry.path})"
    if not verdict.ok:
        return [f"{name}: {line}" for line in verdict.text.splitlines()]
    if verdict.manifest_sha256 != entry.manifest_sha256:
        return [f"{name} is another one than was sealed under this number"]
    return []
