"""Whether the log and the store can be reached, told without any heavy library."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from services.run.announce import takes_connections
from services.settings import PlaceSettings

DEFAULT_PORTS = {"kafka": 9092, "postgresql": 5432}


def why_out_of_reach(place: PlaceSettings, *, store: bool) -> str | None:
    """Say which of log and store cannot be reached.

    Parameters
    ----------
    place : PlaceSettings
        Their addresses.
    store : bool
        Whether the store is needed too.

    Returns
    -------
    str or None
        One phrase; ``None`` if what is needed can be reached.
    """
    needed = [("the log", place.stream_url), *([("the database", place.database_url)] if store else [])]
    found = [_why(what, url) for what, url in needed]
    return "; ".join(reason for reason in found if reason) or None


def _why(what: str, url: str) -> str | None:
    kind, _, rest = url.partition("://")
    if kind == "sqlite":
        place = Path(rest[1:])
        nearest = next((path for path in (place, *place.parents) if path.exists()), Path("/"))
        return None if os.access(nearest, os.W_OK) else f"{what} {place} cannot be written"
    addresses = brokers(url)
    if any(takes_connections(address) for address in addresses):
        return None
    return f"{what} takes no connections at {', '.join(a.removeprefix('tcp://') for a in addresses)}"


def brokers(url: str) -> list[str]:
    """Return where a Kafka or PostgreSQL address leads, as ``tcp://HOST:PORT``, without names and passwords."""
    kind = url.partition("://")[0].partition("+")[0]
    places = url.partition("://")[2].partition("/")[0].rpartition("@")[2].split(",")
    parts = [urlsplit(f"tcp://{place}") for place in places if place]
    return [f"tcp://{part.hostname}:{part.port or DEFAULT_PORTS.get(kind, 80)}" for part in parts]
