"""Read a recording file or folder of any known format."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

from schemas.fix import Fix
from services.recordings.csv_positions import parse_csv
from services.recordings.fixes_jsonl import parse_fix_line
from services.recordings.gtfs_rt import parse_gtfs_rt
from services.recordings.other import Item, OtherMessage
from services.recordings.refusal import Refusal
from services.recordings.ufms import parse_ufms
from services.recordings.ufms_json import parse_ufms_json

FORMATS = ("auto", "csv", "gtfs-rt", "ufms", "ufms-json", "fixes-jsonl")
SUFFIXES = {".csv": "csv", ".txt": "csv", ".pb": "gtfs-rt", ".bin": "gtfs-rt", ".json": "ufms-json", ".ufms": "ufms"}
SUFFIXES |= {".jsonl": "fixes-jsonl", ".ndjson": "fixes-jsonl"}


PARSERS: dict[str, Callable[[bytes, str, int | None], list[Item]]] = {
    "gtfs-rt": parse_gtfs_rt,
    "ufms": parse_ufms,
    "ufms-json": parse_ufms_json,
}


class RecordingError(Exception):
    """A recording that cannot be read at all; the text says which file and how to mend it."""


def read_recording(
    path: Path,
    format: str = "auto",  # noqa: A002
    source: str = "recording",
    *,
    timezone: str | None = None,
    on_refusal: Callable[[Refusal], None] | None = None,
) -> Iterator[Fix]:
    """Yield the fixes of a recording in the order of the file.

    Parameters
    ----------
    path : Path
        A CSV, GTFS-realtime, tracker protobuf, tracker JSON or ``fixes.jsonl`` file, plain or gzipped, or a folder
        of such files (read in the order of their names).
    format : str
        One of ``FORMATS``; ``auto`` goes by the file's name.
    source : str
        Name of the source written into each fix (a ``fixes.jsonl`` keeps its own).
    timezone : str, optional
        Zone of local times that name none.
    on_refusal : callable, optional
        Called with each record no fix could be made of.

    Yields
    ------
    Fix
        Each checked fix; ``received_ms`` is its own time where the recording has no other.

    Raises
    ------
    RecordingError
        If the path is absent, its format is unknown, or nothing in it could be read.
    """
    if format not in FORMATS:
        raise RecordingError(f"no format {format!r}; there are {', '.join(FORMATS)}")
    read = refused = others = 0
    first = None
    for item in _entries(_list_files(path), format, source, timezone):
        if isinstance(item, Fix):
            read += 1
            yield item
        elif isinstance(item, OtherMessage):
            others += 1
        else:
            refused += 1
            first = first or item
            if on_refusal is not None:
                on_refusal(item)
    if not read:
        why = f"{refused} records refused; the first: {first.field}: {first.reason}; {first.mend}" if first else "empty"
        why = f"{others} messages of other kinds" if others and not first else why
        raise RecordingError(f"{path}: no fix in it ({why})")


def _list_files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and _suffix(p) in SUFFIXES)
        if not files:
            raise RecordingError(f"{path}: no recording in this folder (known: {', '.join(SUFFIXES)}, each also .gz)")
        return files
    if not path.exists():
        raise RecordingError(f"{path} is absent")
    return [path]


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix == ".gz" else path.suffix.lower()


def _entries(files: list[Path], form: str, source: str, timezone: str | None) -> Iterator[Item]:
    for file in files:
        kind = SUFFIXES.get(_suffix(file), "") if form == "auto" else form
        if not kind:
            raise RecordingError(f"{file}: unknown kind of file; name one of --format {', '.join(FORMATS[1:])}")
        try:
            if kind == "fixes-jsonl":
                yield from _lines(file)
                continue
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        except (OSError, EOFError) as error:
            raise RecordingError(f"{file} cannot be read: {error}") from error
        if kind == "csv":
            yield from parse_csv(data, source, None, timezone)
        else:
            yield from PARSERS[kind](data, source, None)


def _lines(file: Path) -> Iterator[Fix | Refusal]:
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
        for index, line in enumerate(lines):
            if line.strip():
                yield parse_fix_line(index, line)
