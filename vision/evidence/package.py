"""The sealed package: parts under one signed manifest that names the package before it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vision.evidence import verifier
from vision.evidence.keys import SealingKey
from vision.evidence.parts import Parts

FORMAT = "hanoi-evidence/2"


@dataclass(frozen=True)
class Link:
    """A package's place in its camera's chain: its number from 1, and the SHA-256 of the manifest before it."""

    number: int = 1
    previous_sha256: str = verifier.FIRST


@dataclass(frozen=True)
class Sealed:
    """A package's bytes with their hash, the manifest's hash and the id of the key."""

    data: bytes
    sha256: str
    manifest_sha256: str
    key_id: str


def seal(parts: Parts, key: SealingKey, link: Link, *, authority: str | None = None) -> Sealed:
    """Sign parts at their place in the chain; the same inputs give the same bytes.

    Parameters
    ----------
    parts : Parts
        What `compose` made.
    key : SealingKey
        Signs the manifest.
    link : Link
        The place in the camera's chain.
    authority : str, optional
        The time-stamp authority that is to be asked; the manifest names it, so that an absent time-stamp is told.

    Returns
    -------
    Sealed
        The package.
    """
    manifest = {
        **parts.manifest,
        "format": FORMAT,
        "key_id": key.key_id,
        "chain": {"number": link.number, "previous_sha256": link.previous_sha256},
        "timestamp_authority": authority,
    }
    return sign(manifest, parts.files, key)


def sign(manifest: dict[str, Any], files: Mapping[str, bytes], key: SealingKey) -> Sealed:
    """Put files behind a manifest that names them, signed."""
    told = verifier.canonical(manifest)
    whole = {
        "manifest.json": told,
        "manifest.sig": f"{key.sign(told).hex()}\n".encode(),
        "public_key.hex": f"{key.public_hex}\n".encode(),
    }
    data = verifier.zip_bytes(whole | dict(files))
    return Sealed(data, hashlib.sha256(data).hexdigest(), hashlib.sha256(told).hexdigest(), key.key_id)


def staple(package: bytes, token: bytes) -> bytes:
    """Return a package with its time-stamp behind its other files; all that was sealed stays as it was."""
    files, _ = verifier.read_zip(package)
    return verifier.zip_bytes(
        {name: data for name, data in files.items() if name != verifier.STAMP} | {verifier.STAMP: token}
    )


def without_stamp(package: bytes) -> bytes:
    """Return a package as it was sealed, its time-stamp taken out."""
    files, _ = verifier.read_zip(package)
    if verifier.STAMP not in files:
        return package
    return verifier.zip_bytes({name: data for name, data in files.items() if name != verifier.STAMP})
