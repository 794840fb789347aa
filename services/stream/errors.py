"""What can go wrong with a stream."""


class StreamError(Exception):
    """The log did not take or give what was asked; the text says what and where."""


class PoisonLimitError(StreamError):
    """More messages of one topic were unreadable than its limit allows, so reading stopped."""


class FencedError(StreamError):
    """A commit came too late: the partition belongs to another member of the group by now."""
