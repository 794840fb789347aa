"""Small tables of a GTFS file that only the feeds ask for."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path


def read_rows(path: Path, table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of a GTFS zip or folder; none where it is absent or cannot be read."""
    try:
        if path.is_dir():
            data = (path / table).read_bytes()
        else:
            with zipfile.ZipFile(path) as feed:
                data = feed.read(table)
        text = data.decode("utf-8-sig")
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return
    yield from csv.DictReader(io.StringIO(text))
