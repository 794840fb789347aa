"""The manifest of a backup: what it holds, of which version, and the SHA-256 of every part.

::

    manifest.json        this
    store.sqlite         the database of the embedded column, or
    store/TABLE.copy.zst each table of PostgreSQL, as COPY writes it
    stream/              the embedded log: groups/ first, then the topics
    media/               files of the media store, holds among them
    city/                the city folder
    tokens.json          hashes of the tokens of sources
    keys/evidence.pem    the key that seals evidence, if it was asked for
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.backup.errors import BackupError
from services.file_hash import hash_file
from services.store.dump import Dump

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


class Part(msgspec.Struct, frozen=True):
    """One file of the backup."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in ``manifest.json``; ``made_ms`` is wall time, milliseconds since 1970, UTC.

    ``dump`` describes the database, ``log`` says ``copied`` or why the log is not in it, ``log_ends`` gives
    topic → partition → next offset of the copy, ``media`` is ``none``, ``held`` or ``all``.
    """

    format: int
    made_ms: int
    program: str
    dump: Dump
    log: str
    log_ends: dict[str, dict[str, int]]
    media: str
    media_files: int
    parts: list[Part]


def list_parts(folder: Path) -> Iterator[Part]:
    """Go through the files of a backup but for its manifest, by path."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / MANIFEST):
        yield Part(path.relative_to(folder).as_posix(), path.stat().st_size, hash_file(path))


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup.

    Raises
    ------
    BackupError
        If there is none, or it is of a format that this program does not know.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        found = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        number = msgspec.json.decode(found["format"], type=int)
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup: {MANIFEST} is absent (was making it cut short?)") from None
    except (OSError, KeyError, msgspec.MsgspecError) as error:
        raise BackupError(f"{path} cannot be read: {error}") from error
    if number > FORMAT:
        raise BackupError(f"{path} has format {number}, but this program knows {FORMAT}: use the newer version")
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(f"{path} cannot be read: {error}") from error


def find_faults(folder: Path, manifest: Manifest) -> list[str]:
    """Return a sentence for each part that is absent, changed, or not named by the manifest."""
    there = {part.path: part for part in list_parts(folder)}
    faults = [f"{path}: not named by the manifest" for path in there.keys() - {part.path for part in manifest.parts}]
    for part in manifest.parts:
        found = there.get(part.path)
        if found is None:
            faults.append(f"{part.path}: absent")
        elif found.bytes != part.bytes:
            faults.append(f"{part.path}: {found.bytes} bytes instead of {part.bytes}")
        elif found.sha256 != part.sha256:
            faults.append(f"{part.path}: changed, its SHA-256 is not that of the manifest")
    return sorted(faults)
