"""What one look at the machine found."""

from typing import Literal

from schemas.message import Message
from schemas.text import Text

Level = Literal["ok", "note", "warn", "missing"]


class Finding(Message, frozen=True):
    """One finding: ``missing`` keeps the city from running, ``warn`` will hurt, ``note`` matters to some only.

    ``mend`` says how to get or mend it; commands in it are for this project's folder.
    """

    what: str
    level: Level
    text: Text
    mend: Text | None = None


def ok(what: str, vi: str, en: str | None = None) -> Finding:
    """Return that all is well; one text for both languages where it has no words."""
    return Finding(what=what, level="ok", text=Text(vi=vi, en=en or vi))


def found(what: str, level: Level, text: tuple[str, str], mend: tuple[str, str] | None = None) -> Finding:
    """Return a finding of texts in Vietnamese and English."""
    return Finding(
        what=what,
        level=level,
        text=Text(vi=text[0], en=text[1]),
        mend=None if mend is None else Text(vi=mend[0], en=mend[1]),
    )
