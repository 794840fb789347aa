"""What can go wrong with the media store."""


class MediaError(Exception):
    """A file could not be kept or read; the text says which and why."""
