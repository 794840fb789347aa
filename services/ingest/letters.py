"""Records for the log: good fixes for ``gps.fixes``, what was refused for ``gps.fixes.dead``."""

from collections.abc import Iterable

from schemas.fix import Fix
from schemas.message import encode
from schemas.topics import get_topic
from services.recordings import Refusal
from services.stream.base import Headers, Outgoing

FIXES = get_topic("gps.fixes")
SERVICE = "ingest"
# A dead letter must fit into one record of any log; Kafka's default limit is 1 MiB.
MAX_LETTER_BYTES = 900_000


def fix_records(fixes: Iterable[Fix]) -> list[Outgoing]:
    """Return the records of good fixes, in their order.

    Parameters
    ----------
    fixes : iterable of Fix
        Checked fixes.

    Returns
    -------
    list of Outgoing
        One a fix, keyed by vehicle.
    """
    return [Outgoing(FIXES.name, fix.vehicle_id.encode(), encode(fix)) for fix in fixes]


def dead_record(refusal: Refusal, original: bytes, *, source: str, door: str, now_ms: int) -> Outgoing:
    """Return the dead letter of one refused record.

    Parameters
    ----------
    refusal : Refusal
        Why.
    original : bytes
        What came, kept up to 900 kB.
    source : str
        Who sent it.
    door : str
        Which door it came through.
    now_ms : int
        When, wall time.

    Returns
    -------
    Outgoing
        For ``gps.fixes.dead``, with the headers every dead letter has, and ``source``, ``door`` and ``mend``.
    """
    headers: Headers = tuple(
        (name, value.encode())
        for name, value in (
            ("reason", f"{refusal.field}: {refusal.reason}"),
            ("origin_topic", FIXES.name),
            ("origin_partition", ""),
            ("origin_offset", ""),
            ("service", SERVICE),
            ("time_ms", str(now_ms)),
            ("source", source),
            ("door", door),
            ("index", str(refusal.index)),
            ("mend", refusal.mend),
            ("original_bytes", str(len(original))),
        )
    )
    key = (refusal.vehicle_id or source).encode()
    return Outgoing(FIXES.dead, key, original[:MAX_LETTER_BYTES], headers=headers)
