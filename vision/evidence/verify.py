"""Verification of a package from inside the system, by the very code that travels in the package."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision.evidence import verifier


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was sealed; ``file`` is ``None`` where it is the ZIP's own frame."""

    file: str | None
    at: int | None
    text: str


@dataclass(frozen=True)
class Verification:
    """The verdict on one package.

    Attributes
    ----------
    public_key : str or None
        Hexadecimal.
    manifest : dict or None
        What the package says of itself.
    manifest_sha256 : str or None
        By which the next package of the camera names it.
    stamped : str or None
        The time that its time-stamp tells, as in the token: ``YYYYMMDDhhmmssZ``.
    """

    ok: bool
    problems: tuple[Problem, ...]
    public_key: str | None
    manifest: dict[str, Any] | None
    manifest_sha256: str | None = None
    stamped: str | None = None

    @property
    def time(self) -> str:
        """What is known of its time-stamp, empty where no authority was to be asked."""
        if self.stamped:
            return f"; time-stamp of {self.stamped} is of this manifest"
        authority = (self.manifest or {}).get("timestamp_authority")
        return f"; no time-stamp yet ({authority} was to be asked)" if authority else ""

    @property
    def text(self) -> str:
        """One line a problem, or that it is intact."""
        if self.ok:
            count = len((self.manifest or {}).get("files", ()))
            return f"intact: {count} files, sealed by key {self.public_key}{self.time}"
        return "\n".join(f"{p.file or f'byte {p.at} of the ZIP'}: {p.text}" for p in self.problems)


def verify_package(package: bytes | Path, trusted_keys: Collection[str] | None = None) -> Verification:
    """Verify a sealed package.

    Parameters
    ----------
    package : bytes or Path
        Its bytes, or where it lies.
    trusted_keys : collection of str, optional
        Public keys (hexadecimal) that may have sealed it; none given: any key, and the reader compares it.

    Returns
    -------
    Verification
        The verdict; a package that is no package at all is not ok, never an error.
    """
    data = package.read_bytes() if isinstance(package, Path) else package
    told = verifier.check(data, None if trusted_keys is None else set(trusted_keys))
    found = tuple(_problem(p) for p in told["problems"])
    return Verification(not found, found, told["key"], told["manifest"], told["manifest_sha256"], told["stamped"])


def _problem(raw: dict[str, object]) -> Problem:
    file, at = raw["file"], raw["at"]
    return Problem(None if file is None else str(file), at if isinstance(at, int) else None, str(raw["text"]))


def read_file(package: bytes | Path, name: str) -> bytes:
    """Return one file of a package.

    Parameters
    ----------
    package : bytes or Path
        Its bytes, or where it lies.
    name : str
        As the manifest names it.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    KeyError
        If the package has no such file.
    """
    files, _ = verifier.read_zip(package.read_bytes() if isinstance(package, Path) else package)
    return bytes(files[name])
