"""Says what listens where, once it listens."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

CONNECT_TIMEOUT_S = 0.05


class Announcer:
    """Tells of each address when something there takes connections for the first time.

    Parameters
    ----------
    say : callable
        Writes one line.
    lines : dict of str to str
        Address → the line to say.
    is_open : callable, optional
        Whether an address takes connections.
    """

    def __init__(
        self, say: Callable[[str], None], lines: dict[str, str], is_open: Callable[[str], bool] | None = None
    ) -> None:
        self._say = say
        self._lines = dict(lines)
        self._is_open = is_open or takes_connections

    def look(self) -> None:
        """Look at the addresses not told of yet; returns within a moment."""
        for url in [url for url in self._lines if self._is_open(url)]:
            self._say(self._lines.pop(url))


def takes_connections(url: str) -> bool:
    """Return whether something listens at an address.

    Parameters
    ----------
    url : str
        For instance ``http://127.0.0.1:8000``.

    Returns
    -------
    bool
        Whether a connection was taken.
    """
    parts = urlsplit(url)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname or "")  # noqa: S104
    try:
        with socket.create_connection((host, parts.port or 80), CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False
