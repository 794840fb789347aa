"""The sealed package of a case, read from the media store and checked against what the case says of it."""

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from schemas.text import Text
from schemas.violation import Candidate
from services.evidence.copies import Copies
from services.evidence.stamps import Stamps
from services.media.errors import MediaError
from services.media.store import SCHEME, MediaStore
from vision.evidence.package import staple
from vision.evidence.verify import Verification, read_file, verify_package

NO_PACKAGE = Text(vi="Không có gói chứng cứ.", en="There is no evidence package.")
GONE = Text(
    vi="Gói chứng cứ không còn trong kho lưu trữ.", en="The evidence package is not in the media store any more."
)
NO_COPY = Text(
    vi="Chưa có bản che mặt và biển số người khác; xem bản gốc thì phải nêu lý do.",
    en="There is no redacted copy (yet); the original may be seen for a reason.",
)
INTACT = Text(
    vi="Gói chứng cứ nguyên vẹn: khớp mã băm, chữ ký hợp lệ.",
    en="The package is intact: its hashes fit and its signature holds.",
)
CHANGED = Text(vi="Gói chứng cứ đã bị thay đổi: ", en="The package was changed: ")


@dataclass(frozen=True)
class Package:
    """A package and the verdict on it; ``data`` is ``None`` where there is none to read."""

    data: bytes | None
    ok: bool
    text: Text
    problems: tuple[str, ...]
    manifest: dict[str, Any]
    stamp: bytes | None = None

    @property
    def stapled(self) -> bytes:
        """The package with its time-stamp in it, as it is handed out."""
        assert self.data is not None
        return self.data if self.stamp is None else staple(self.data, self.stamp)

    def read(self, name: str) -> bytes:
        """Return one file; ``KeyError`` where the package has none of that name."""
        if self.data is None or name not in self.names:
            raise KeyError(name)
        return read_file(self.data, name)

    @property
    def names(self) -> frozenset[str]:
        """The files that the manifest names."""
        return frozenset(entry["name"] for entry in self.files)

    @property
    def files(self) -> list[dict[str, Any]]:
        """What the manifest says of each file."""
        return list(self.manifest.get("files", ()))

    def camera(self) -> dict[str, Any]:
        """Return the camera as it was configured when the package was sealed, empty where it is not known."""
        try:
            found = msgspec.json.decode(self.read("camera.json"))
        except (KeyError, msgspec.MsgspecError):
            return {}
        return found if isinstance(found, dict) else {}


def read_package(media: MediaStore, candidate: Candidate) -> Package:
    """Read and verify the package of a candidate; what is wrong is said, never raised.

    Parameters
    ----------
    media : MediaStore
        Where it lies.
    candidate : Candidate
        Names its address and the hash of its bytes.

    Returns
    -------
    Package
        Not ``ok`` where it is absent, changed, or not the one that the candidate names.
    """
    if candidate.evidence is None:
        return Package(None, ok=False, text=NO_PACKAGE, problems=(NO_PACKAGE.en,), manifest={})
    try:
        data = media.read(candidate.evidence.uri)
    except MediaError:
        return Package(None, ok=False, text=GONE, problems=(GONE.en,), manifest={})
    verdict = verify_package(data)
    problems = _problems(data, candidate, verdict)
    manifest = verdict.manifest if isinstance(verdict.manifest, dict) else {}
    if problems:
        said = "; ".join(problems)[:500]
        return Package(
            data,
            ok=False,
            text=Text(vi=CHANGED.vi + said, en=CHANGED.en + said),
            problems=tuple(problems),
            manifest=manifest,
        )
    stamp = Stamps(media).find(candidate.evidence.uri.removeprefix(SCHEME))
    return Package(data, ok=True, text=INTACT, problems=(), manifest=manifest, stamp=stamp)


def read_copy(media: MediaStore, candidate: Candidate) -> Package:
    """Read and verify the redacted copy of a candidate's package; ``data`` is ``None`` where there is none to show."""
    ref = candidate.evidence
    data = None if ref is None else Copies(media).find(ref.uri.removeprefix(SCHEME))
    if ref is None or data is None:
        return Package(None, ok=False, text=NO_COPY, problems=(NO_COPY.en,), manifest={})
    verdict = verify_package(data)
    manifest = verdict.manifest or {}
    if not verdict.ok or manifest.get("original_manifest_sha256") != ref.manifest_sha256:
        said = Text(vi=CHANGED.vi + verdict.text, en=CHANGED.en + verdict.text)
        return Package(None, ok=False, text=said, problems=(said.en,), manifest={})
    return Package(data, ok=True, text=INTACT, problems=(), manifest=manifest)


def _problems(data: bytes, candidate: Candidate, verdict: Verification) -> list[str]:
    ref = candidate.evidence
    assert ref is not None
    problems = [f"{p.file or f'byte {p.at}'}: {p.text}" for p in verdict.problems]
    if hashlib.sha256(data).hexdigest() != ref.sha256:
        problems.append("the bytes are not those that were sealed for this case")
    manifest = verdict.manifest or {}
    if verdict.ok and manifest.get("candidate_id") != candidate.candidate_id:
        problems.append("the package belongs to another candidate")
    if verdict.ok and manifest.get("key_id") != ref.key_id:
        problems.append("the package was sealed by another key")
    return problems
