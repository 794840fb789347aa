"""What can go wrong with a backup."""


class BackupError(Exception):
    """A backup cannot be made, read or restored; the text says what, where and how to mend it."""
