"""Making a backup while the city runs: first the database, then the log, then the files they refer to."""

import importlib.metadata
import shutil
import sqlite3
from pathlib import Path

import msgspec

from services.backup.bundle import pack
from services.backup.errors import BackupError
from services.backup.manifest import FORMAT, MANIFEST, Manifest, list_parts
from services.backup.places import MEDIA, STREAM, log_files, log_folder, plain_places
from services.media.errors import MediaError
from services.media.room import HOLDS, SEALS
from services.media.store import MediaStore, open_media
from services.settings import Settings
from services.store.dump import Tell, copy_live, dump_store
from services.store.engine import open_store

KAFKA = (
    "not copied: Kafka keeps its records on its own replicas. A restored database goes on reading at its offset "
    "rows, so what came after the backup is read again from Kafka and nothing is lost or doubled"
)


def create_backup(settings: Settings, out: Path, now_ms: int, tell: Tell, *, media: str, keys: bool) -> Manifest:
    """Write a backup; it appears under its name only when it is whole.

    Parameters
    ----------
    settings : Settings
        Say where database, log, media, city, tokens and key lie.
    out : Path
        A folder to make, or a file that ends in ``.tar``.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.
    tell : Callable
        Is told each step.
    media : str
        ``none``, ``held`` (evidence under review or approved) or ``all``.
    keys : bool
        Whether the key that seals evidence is copied too.

    Returns
    -------
    Manifest
        What was written.

    Raises
    ------
    BackupError
        If ``out`` is there already or cannot be written.
    StoreError, MediaError
        If something cannot be read.
    """
    if out.exists():
        raise BackupError(f"{out} is there already; give another name")
    staging = out.with_name(f"{out.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        manifest = _write(settings, staging, now_ms, tell, media=media, keys=keys)
        pack(staging, out)
    except OSError as error:
        raise BackupError(f"{out} cannot be written: {error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _write(settings: Settings, folder: Path, now_ms: int, tell: Tell, *, media: str, keys: bool) -> Manifest:
    with open_store(settings.place.database_url) as store:
        dump = dump_store(store, folder, tell)
    log, ends = _copy_log(settings, folder, tell)
    files = _copy_media(open_media(settings.place.media_url), folder, media, tell)
    for place in plain_places(settings, keys=keys):
        if place.path.exists():
            tell(f"{place.name} from {place.path}")
            _copy(place.path, folder / place.name)
    tell("hashes")
    manifest = Manifest(
        format=FORMAT,
        made_ms=now_ms,
        program=importlib.metadata.version("hanoi-traffic"),
        dump=dump,
        log=log,
        log_ends=ends,
        media=media,
        media_files=files,
        parts=list(list_parts(folder)),
    )
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=False)
    else:
        shutil.copy2(source, target)


def _copy_log(settings: Settings, folder: Path, tell: Tell) -> tuple[str, dict[str, dict[str, int]]]:
    root = log_folder(settings)
    if root is None:
        return KAFKA, {}
    ends: dict[str, dict[str, int]] = {}
    for path in log_files(root):
        name = path.relative_to(root)
        tell(f"log {name}")
        target = folder / STREAM / name
        try:
            copy_live(path, target)
            if path.parent == root:
                ends[path.stem] = _ends(target)
        except sqlite3.Error as error:
            raise BackupError(f"{path} cannot be copied: {error}") from error
    return "copied", ends


def _ends(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT partition, next_offset FROM head ORDER BY partition").fetchall()
    finally:
        connection.close()
    return {str(number): int(offset) for number, offset in rows}


def _copy_media(store: MediaStore, folder: Path, which: str, tell: Tell) -> int:
    """Copy files of the media store with their holds; one that goes meanwhile was not held, and is left out."""
    if which == "none":
        return 0
    paths = [path for path, _ in store.list_files()]
    holds = [path for path in paths if path.startswith(HOLDS)]
    held = {path.removeprefix(HOLDS).rpartition("/")[0] for path in holds}
    stays = {path for path in paths if path in held or path.startswith(SEALS)}
    wanted = [path for path in paths if not path.startswith(HOLDS) and (which == "all" or path in stays)]
    tell(f"media: {len(wanted)} files")
    copied = 0
    for path in wanted:
        try:
            data = store.read(path)
        except MediaError:
            if path in held:
                raise
            continue
        target = folder / MEDIA / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        copied += 1
    for path in holds:
        target = folder / MEDIA / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    return copied
