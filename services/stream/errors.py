"""What can go wrong with a stream."""


class StreamError(Exception):
    """The log did not take or give what was asked; the text says what and where."""


class PoisonLimitError(StreamError):
    """More messages of one topic were unreadable than its limit allows, so reading stopped."""
