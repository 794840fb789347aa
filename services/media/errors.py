"""What can go wrong with the media store."""


class MediaError(Exception):
    """A file could not be kept or read; the text says which and why."""


class MediaFullError(MediaError):
    """There is no room for a file: the disk is full, or all that could go is on hold."""


class MediaChangedError(MediaError):
    """The bytes of a file are not those that its message announced."""


class MediaAbsentError(MediaError):
    """There is no such file, though the store can be read."""
