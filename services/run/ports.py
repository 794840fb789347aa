"""Who holds a port, and which one is free instead; told before anything starts."""

import os
import socket
from urllib.parse import urlsplit

import psutil

from services.run.announce import takes_connections

SEARCHED = 50


class PortTakenError(Exception):
    """Another program listens where we shall; the text says which, and how to choose another port."""


def refuse_taken_ports(urls: dict[str, str]) -> None:
    """Stop before anything starts where another program listens on one of our ports.

    Parameters
    ----------
    urls : dict of str to str
        Service → where it will listen.

    Raises
    ------
    PortTakenError
        If one is taken; all that are, together.
    """
    taken = [(name, url) for name, url in urls.items() if takes_connections(url)]
    if taken:
        raise PortTakenError("\n".join(_describe(name, url) for name, url in taken))


def _describe(name: str, url: str) -> str:
    port = urlsplit(url).port or 80
    holder = find_holder(port)
    who = f"{holder[1]} (process {holder[0]})" if holder else "another program (of another user: `ss -ltnp` as root)"
    stop = f"stop it (`kill {holder[0]}`)" if holder else "stop it"
    free = find_free_port(port)
    return f"{url} is taken by {who}; {stop}, or choose another port for {name}: HANOI_{name.upper()}_PORT={free}"


def find_holder(port: int) -> tuple[int, str] | None:
    """Return process id and name of who listens on a port, ``None`` if that cannot be told."""
    try:
        pids = [
            connection.pid
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr[1] == port
        ]
        pid = next(filter(None, pids), None)
        return None if pid is None else (pid, _name(pid))
    except psutil.Error:
        return None


def _name(pid: int) -> str:
    process = psutil.Process(pid)
    words = process.cmdline()
    # "python3" alone tells nobody which program it is.
    return " ".join(os.path.basename(word) for word in words[:4])[:60] if words else process.name()  # noqa: PTH119


def find_free_port(after: int) -> int:
    """Return the next port nobody listens on; 0 if there is none near."""
    for port in range(after + 1, min(after + SEARCHED, 65_535)):
        with socket.socket() as asking:
            try:
                asking.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return 0
