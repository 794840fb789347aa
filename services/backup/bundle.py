"""A backup as a folder, or as one ``.tar`` of it."""

import contextlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from services.backup.errors import BackupError

TAR = ".tar"


def pack(folder: Path, out: Path) -> None:
    """Give a finished folder its name, or put it into a ``.tar`` of that name; then it is on the disk."""
    if out.suffix != TAR:
        folder.rename(out)
    else:
        whole = out.with_name(f"{out.name}.part")
        with tarfile.open(whole, "w") as tar:  # parts are compressed already where it pays
            for path in sorted(folder.rglob("*")):
                tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
        whole.rename(out)
    os.sync()


@contextlib.contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """Give the folder of a backup; a ``.tar`` is unpacked beside it for as long as it is needed."""
    if source.is_dir():
        yield source
        return
    if not source.exists():
        raise BackupError(f"{source} is absent")
    folder = Path(tempfile.mkdtemp(prefix=f"{source.name}.", dir=source.parent))
    try:
        try:
            with tarfile.open(source) as tar:
                refuse_outside(tar, folder)
                # Python before 3.11.4 knows no filter; after 3.12 none is a warning.
                if hasattr(tarfile, "data_filter"):
                    tar.extractall(folder, filter="data")
                else:
                    tar.extractall(folder)  # noqa: S202 - checked above
        except (tarfile.TarError, OSError) as error:
            raise BackupError(f"{source} cannot be unpacked: {error}") from error
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse_outside(tar: tarfile.TarFile, folder: Path) -> None:
    """Raise ``tarfile.TarError`` where a member is no file or folder, or would be written outside of a folder."""
    inside = folder.resolve()
    for member in tar.getmembers():
        if not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name} is neither a file nor a folder")
        if not (inside / member.name).resolve().is_relative_to(inside):
            raise tarfile.TarError(f"{member.name} would be written outside of the backup")
