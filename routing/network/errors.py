"""What can go wrong with a road network."""


class NetworkError(Exception):
    """A road file or a network folder that cannot be used; the text says which one, why and how to mend it."""
