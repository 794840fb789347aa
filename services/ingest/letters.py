"""Records for the log: good fixes for ``gps.fixes``, what was refused for ``gps.fixes.dead``, within a bound."""

from collections.abc import Iterable
from dataclasses import dataclass

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


def dead_record(
    refusal: Refusal, original: bytes, *, source: str, door: str, now_ms: int, left_out: int = 0
) -> Outgoing:
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
    left_out : int
        Letters of this source that were counted but not kept since its last one.

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
            *((("left_out", str(left_out)),) if left_out else ()),
        )
    )
    key = (refusal.vehicle_id or source).encode()
    return Outgoing(FIXES.dead, key, original[:MAX_LETTER_BYTES], headers=headers)


LETTERS_PER_S, LETTERS_AT_ONCE = 2.0, 2_000.0
BYTES_PER_S, BYTES_AT_ONCE = 4_096.0, 16.0 * 1024 * 1024
SAMPLE_EVERY, SAMPLE_BYTES = 1_000, 1_000


@dataclass
class _Allowance:
    letters: float = LETTERS_AT_ONCE
    bytes: float = BYTES_AT_ONCE
    since_s: float = 0.0
    left_out: int = 0


class LetterLimit:
    """Bounds what a source's refused records may take of the disk.

    2,000 letters and 16 MiB at once, then 2 letters and 4 kB a second; of what lies beyond, one in a thousand is kept,
    cut short. All are counted, and the next letter kept says how many were left out before it.
    """

    def __init__(self) -> None:
        self._allowances: dict[str, _Allowance] = {}

    def admit(self, source: str, original: bytes, now_s: float) -> tuple[bytes, int] | None:
        """Say what is kept of one refused record.

        Parameters
        ----------
        source : str
            Who sent it.
        original : bytes
            What came.
        now_s : float
            Monotonic seconds.

        Returns
        -------
        tuple of bytes and int, or None
            What to keep, and how many were left out since the last one kept; ``None``: only counted.
        """
        mine = self._allowances.setdefault(source, _Allowance(since_s=now_s))
        passed_s, mine.since_s = max(0.0, now_s - mine.since_s), now_s
        mine.letters = min(LETTERS_AT_ONCE, mine.letters + passed_s * LETTERS_PER_S)
        mine.bytes = min(BYTES_AT_ONCE, mine.bytes + passed_s * BYTES_PER_S)
        size = min(len(original), MAX_LETTER_BYTES)
        if mine.letters >= 1.0 and mine.bytes >= size:
            mine.letters -= 1.0
            mine.bytes -= size
        elif mine.left_out + 1 < SAMPLE_EVERY:
            mine.left_out += 1
            return None
        else:
            original = original[:SAMPLE_BYTES]
        left_out, mine.left_out = mine.left_out, 0
        return original, left_out
