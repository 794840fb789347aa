"""Text that people read, in the languages the pages speak."""

from schemas.message import Message


class Text(Message, frozen=True):
    """One sentence in Vietnamese and in English."""

    vi: str
    en: str
