"""What can go wrong with a stream."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.stream.base import Outgoing


class StreamError(Exception):
    """The log did not take or give what was asked; the text says what and where."""


class NotAcknowledgedError(StreamError):
    """Some records are not known to be safe; ``records`` are those, to be sent again."""

    def __init__(self, text: str, records: "Sequence[Outgoing]") -> None:
        super().__init__(text)
        self.records = records


class FencedError(StreamError):
    """A commit came too late: the partition belongs to another member of the group by now."""


class OustedError(StreamError):
    """Another process took this member's name, so this one must end."""


class BackPressure(Exception):  # noqa: N818 - it is no error, it is an answer
    """A step says that it cannot take this batch now; raise it before anything was changed.

    Parameters
    ----------
    reason : str
        What it waits for, for people.
    retry_after_s : float
        After how long the runner offers the same batch again.
    """

    def __init__(self, reason: str, retry_after_s: float = 1.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
