"""What an import repaired, left out or found doubtful, in words, as a file and on the console."""

from pathlib import Path

import msgspec

from schemas.message import Message
from schemas.text import Text

REPORT_FILE = "report.json"
REPAIRED, DROPPED, DOUBTFUL, NOTE = "repaired", "dropped", "doubtful", "note"


class Finding(Message, frozen=True):
    """One thing about one part of the city; ``kind`` is repaired, dropped, doubtful or note."""

    part: str
    code: str
    kind: str
    count: int
    text: Text
    examples: tuple[str, ...] = ()


class Report(Message, frozen=True):
    """``report.json``: how long the import took, what is in the city and everything found on the way."""

    city_id: str
    made_ms: int
    took_s: float
    counts: dict[str, int]
    findings: tuple[Finding, ...]


def finding(part: str, code: str, kind: str, count: int, text: Text, examples: tuple[str, ...] = ()) -> list[Finding]:
    """Return one finding in a list, or an empty list where nothing was found.

    Parameters
    ----------
    part : str
        ``gtfs``, ``roads``, ``cameras``, ``roster`` or ``map``.
    code : str
        Its name, for machines.
    kind : str
        ``repaired``, ``dropped``, ``doubtful`` or ``note``.
    count : int
        How often; 0 gives no finding.
    text : Text
        One sentence.
    examples : tuple of str, optional
        At most five are kept.

    Returns
    -------
    list of Finding
        One or none.
    """
    if not count:
        return []
    return [Finding(part=part, code=code, kind=kind, count=count, text=text, examples=examples[:5])]


def write_report(folder: Path, report: Report) -> None:
    """Write ``report.json`` into a city folder."""
    (folder / REPORT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(report)))


def read_report(folder: Path) -> Report | None:
    """Return the report of a city folder, ``None`` where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / REPORT_FILE).read_bytes(), type=Report)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
