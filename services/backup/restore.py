"""Putting a backup back: nothing is overwritten unless asked, and then what was there is kept aside."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.backup.errors import BackupError
from services.backup.manifest import Manifest, find_faults, read_manifest
from services.backup.places import MEDIA, STREAM, Place, log_folder, plain_places
from services.media.store import open_media
from services.run.status import RunLock
from services.settings import Settings
from services.store.dump import SQLITE_FILE, Tell
from services.store.engine import Store, open_store
from services.store.load import load_postgis
from services.store.offsets import forget_every_offset
from services.store.schema import check_revision


@dataclass(frozen=True)
class Wish:
    """What is asked of a restore.

    ``force`` lets what is there go aside (files) or go (PostgreSQL); ``new_log`` forgets the offset rows because
    the log is begun anew; ``stamp`` marks what is set aside.
    """

    force: bool
    new_log: bool
    stamp: str


def check_backup(folder: Path) -> Manifest:
    """Return the manifest of a backup that is whole, else raise ``BackupError`` with every fault."""
    manifest = read_manifest(folder)
    faults = find_faults(folder, manifest)
    if faults:
        more = f"\n  and {len(faults) - 20} more" if len(faults) > 20 else ""
        raise BackupError("the backup is not whole:\n  " + "\n  ".join(faults[:20]) + more)
    check_revision(f"in {folder}", manifest.dump.revision)
    return manifest


def restore_backup(settings: Settings, folder: Path, wish: Wish, tell: Tell) -> Manifest:
    """Put everything of a backup where the settings say it belongs.

    Parameters
    ----------
    settings : Settings
        Say where database, log, media, city, tokens and key lie.
    folder : Path
        The backup, unpacked.
    wish : Wish
        How far it may go.
    tell : Callable
        Is told each step.

    Returns
    -------
    Manifest
        What was restored.

    Raises
    ------
    BackupError
        If the backup is not whole or does not fit, services run, or something is in the way.
    StoreError, MediaError
        If something cannot be written.
    """
    manifest = check_backup(folder)
    if RunLock(settings.run.var_dir / "run").is_held():
        raise BackupError(f"`hanoi run` is at work in {settings.run.var_dir}: stop it first")
    targets = list(_targets(settings, folder, manifest))
    with open_store(settings.place.database_url) as store:
        if store.is_postgis != (manifest.dump.kind == "postgis"):
            raise BackupError(f"the backup holds a {manifest.dump.kind} database, but DATABASE_URL is {store.name}")
        _refuse_overwriting(store, targets, wish)
        if store.is_postgis:
            load_postgis(store, folder, manifest.dump, tell, replace=wish.force)
    for target in targets:
        _put(folder / target.name, target.path, wish.stamp, tell)
    with open_store(settings.place.database_url) as store:
        tell(f"database at revision {store.migrate()}")
        if wish.new_log:
            with store.transaction() as session:
                forget_every_offset(session)
    _put_media(settings, folder, manifest, tell)
    return manifest


def _targets(settings: Settings, folder: Path, manifest: Manifest) -> Iterator[Place]:
    """Go through the files and folders to put back."""
    if manifest.dump.kind == "sqlite" and settings.place.database_url.startswith("sqlite:///"):
        yield Place(SQLITE_FILE, Path(settings.place.database_url.removeprefix("sqlite:///")))
    log = log_folder(settings)
    if (folder / STREAM).is_dir():
        if log is None:
            raise BackupError(
                "the backup holds an embedded log, but STREAM_URL is Kafka: restore with an embedded STREAM_URL, "
                f"or remove {STREAM}/ and its lines in the manifest and give --new-log"
            )
        yield Place(STREAM, log)
    for place in plain_places(settings, keys=True):
        if (folder / place.name).exists():
            yield place


def _refuse_overwriting(store: Store, targets: list[Place], wish: Wish) -> None:
    in_the_way = [str(target.path) for target in targets if _is_there(target.path)]
    if store.is_postgis and store.find_revision() is not None:
        in_the_way.append(f"database {store.name}")
    if in_the_way and not wish.force:
        raise BackupError(
            "nothing was restored, because there is something already:\n  "
            + "\n  ".join(in_the_way)
            + "\nGive --force to set files aside and replace the database, or --var for another folder"
        )


def _is_there(path: Path) -> bool:
    return (path.is_file() and path.stat().st_size > 0) or (path.is_dir() and any(path.iterdir()))


def _put(source: Path, target: Path, stamp: str, tell: Tell) -> None:
    """Copy beside the target, set aside what is there, and move into its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.restoring")
    _remove(new)
    try:
        if source.is_dir():
            shutil.copytree(source, new)
        else:
            shutil.copy2(source, new)
    except OSError as error:
        raise BackupError(f"{new} cannot be written: {error}; {target} is as it was") from error
    for path in (target, target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
        if path.exists():
            aside = path.with_name(f"{path.name}.before-restore-{stamp}")
            path.rename(aside)
            tell(f"{path} is kept as {aside.name}")
    new.rename(target)
    tell(f"{target} restored")


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
        path.unlink()


def _put_media(settings: Settings, folder: Path, manifest: Manifest, tell: Tell) -> None:
    """Put files of the media store back, each whole; what else is there stays."""
    root = folder / MEDIA
    if not root.is_dir():
        return
    media = open_media(settings.place.media_url)
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        media.put_back(path.relative_to(root).as_posix(), path.read_bytes())
    tell(f"media: {manifest.media_files} files restored")
