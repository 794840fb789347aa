"""The log between the services: embedded in SQLite, or Apache Kafka."""

from pathlib import Path

from services.stream.base import Stream
from services.stream.errors import StreamError

__all__ = ["open_stream"]


def open_stream(url: str) -> Stream:
    """Open the log.

    Parameters
    ----------
    url : str
        ``sqlite:///FOLDER`` (embedded) or ``kafka://HOST:PORT[,HOST:PORT]``.

    Returns
    -------
    Stream
        The log; Kafka is contacted when it is first used.

    Raises
    ------
    StreamError
        If the address is not one of the two kinds.
    """
    kind, _, place = url.partition("://")
    if kind == "sqlite" and place.startswith("/") and len(place) > 1:
        from services.stream.embedded import EmbeddedStream

        return EmbeddedStream(Path(place[1:]))
    if kind == "kafka" and place.strip("/"):
        from services.stream.kafka import KafkaStream

        return KafkaStream(place.strip("/"))
    raise StreamError(f"STREAM_URL {url!r} is neither sqlite:///FOLDER nor kafka://HOST:PORT")
