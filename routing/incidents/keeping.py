"""What a detector must not forget over a restart: what it learnt, what staff said, what is open."""

import msgspec

from schemas.incident import Incident

FORM = 1


class Kept(msgspec.Struct):
    """The state in a file; ``open`` are the candidates by id with their edge's stable id."""

    form: int
    stands: dict[str, list[float]]
    stop_stands: dict[str, list[float]]
    camera_stands: dict[str, list[float]]
    verdicts: dict[str, tuple[list[str], list[str], bool, int]]
    open: dict[str, tuple[str, Incident]]


def pack(kept: Kept) -> bytes:
    """Return the state as JSON."""
    return msgspec.json.encode(kept)


def unpack(data: bytes) -> Kept | None:
    """Read what `pack` wrote; ``None`` where it is broken or of another form."""
    try:
        kept = msgspec.json.decode(data, type=Kept)
    except msgspec.DecodeError:
        return None
    return kept if kept.form == FORM else None
