"""One tidy console of many processes: a prefix each, and a rotated file each."""

import contextlib
import json
import sys
import time
from datetime import UTC, datetime
from logging import Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from services.logs import MARK

FILE_BYTES = 5_000_000
FILES_KEPT = 3
COLOURS = (36, 32, 33, 35, 34, 96, 92, 95)
NAME_WIDTH = 9
LONGEST_LINE = 16_384
TIME_WIDTH = 9
REPEATS_S = 30.0
TRACEBACK = "Traceback (most recent call last)"
DUMP = ("Thread 0x", "Current thread 0x")
LEVEL_COLOURS = {"warning": 33, "error": 31, "critical": 31, "debug": 2}
BETWEEN_TRACEBACKS = ("During handling of", "The above exception")


class _LogFile(RotatingFileHandler):
    """A file that a full disk does not make a noise about: each line stands on the console all the same."""

    def handleError(self, record: LogRecord) -> None:  # noqa: N802 - logging's own name
        """Leave the line out."""

    def close(self) -> None:
        """Close the file; what found no room is lost."""
        with contextlib.suppress(OSError):
            super().close()


class Console:
    """Writes lines of children and of the supervisor itself.

    Parameters
    ----------
    folder : Path
        Where ``NAME.log`` files are kept, each rotated at 5 MB, three old ones kept.
    out : TextIO, optional
        The console; standard output by default.
    as_json : bool
        Lines are JSON already; no prefix is written.
    """

    def __init__(self, folder: Path, out: TextIO | None = None, *, as_json: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._out = out or sys.stdout
        self._as_json = as_json
        self._colour = self._out.isatty()
        self._in_traceback: set[str] = set()
        self._repeats: dict[str, tuple[float, int, str | None]] = {}
        self._files: dict[str, _LogFile] = {}

    def line(self, name: str, text: str) -> None:
        """Write one line of a process to the console and to its file.

        Parameters
        ----------
        name : str
            The process, or the service if the line does not begin with one's name and `MARK`.
        text : str
            The line; after two marks it is for the file alone.
        """
        speaker, mark, said = text.partition(MARK)
        name, text = (speaker, said) if mark else (name, text)
        for_file_alone = text.startswith(MARK)
        text = text.lstrip(MARK)[:LONGEST_LINE]
        self._file(name).handle(LogRecord(name, 0, "", 0, text, None, None))
        if for_file_alone or (not mark and not text.strip()):
            return
        shown = text if self._as_json else self._shown(name, text)
        if shown is not None and not self._as_json:
            shown = self._once(name, shown)
        if shown is None:
            return
        try:
            self._out.write(f"{shown}\n" if self._as_json else f"{self._prefix(name)} {self._coloured(shown)}\n")
            self._out.flush()
        except (BrokenPipeError, ValueError, OSError):
            self._out = Path("/dev/null").open("w")  # noqa: SIM115 - the reader of the console left; files go on

    def say(self, name: str, text: str, level: str = "info") -> None:
        """Write a line of the supervisor's own, in the form the children use."""
        if self._as_json:
            event = {"timestamp": datetime.now(UTC).isoformat(), "level": level, "event": text, "service": name}
            self.line(name, json.dumps(event, ensure_ascii=False))
        else:
            self.line(name, f"{time.strftime('%H:%M:%S')} {level:<7} {text}")

    def close(self) -> None:
        """Close every file."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _shown(self, name: str, text: str) -> str | None:
        # A traceback is kept in the file; the console shows its last line alone, and of a dump of stacks nothing.
        if text.startswith(DUMP) or (text.startswith("  File ") and name not in self._in_traceback):
            return None
        if text.startswith(TRACEBACK):
            self._in_traceback.add(name)
            return None
        if name not in self._in_traceback or text.startswith((" ", *BETWEEN_TRACEBACKS)) or not text:
            return None if name in self._in_traceback else text
        self._in_traceback.discard(name)
        return f"{text}  (more in {self._folder / name}.log)"

    def _once(self, name: str, text: str) -> str | None:
        """Keep back what a service says again and again; now and then say how often."""
        said, now_s = text[TIME_WIDTH:] if text[2:3] == ":" else text, time.monotonic()
        since_s, kept_back, last = self._repeats.get(name, (now_s, 0, None))
        if said == last and now_s - since_s < REPEATS_S:
            self._repeats[name] = (since_s, kept_back + 1, said)
            return None
        self._repeats[name] = (now_s, 0, said)
        return f"{text}  ({kept_back} more of these)" if said == last and kept_back else text

    def _coloured(self, text: str) -> str:
        level = text[9:16].rstrip()
        if not self._colour or level not in LEVEL_COLOURS:
            return text
        return f"\x1b[2m{text[:8]}\x1b[0m \x1b[{LEVEL_COLOURS[level]}m{text[9:]}\x1b[0m"

    def _prefix(self, name: str) -> str:
        head = f"{name:<{NAME_WIDTH}}│"
        if not self._colour:
            return head
        self._file(name)
        return f"\x1b[{COLOURS[list(self._files).index(name) % len(COLOURS)]}m{head}\x1b[0m"

    def _file(self, name: str) -> _LogFile:
        if name not in self._files:
            file = _LogFile(
                self._folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True
            )
            file.setFormatter(Formatter("%(message)s"))
            self._files[name] = file
        return self._files[name]
