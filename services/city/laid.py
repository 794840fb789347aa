"""Lines that were laid on the roads, kept: another timetable of the city mostly drives the same ways."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from services.city.patterns import Pattern
from services.city.shapes import Found

LAID_FILE = "laid.msgpack"


class _Kept(msgspec.Struct, array_like=True, frozen=True):
    lonlat: bytes
    stop_m: bytes
    doubts: list[tuple[int, str]]


def key_of(pattern: Pattern) -> str:
    """Return what two patterns have in common that are laid alike: their stops' places."""
    return hashlib.blake2b(np.ascontiguousarray(pattern.lonlat).tobytes(), digest_size=16).hexdigest()


def save_laid(path: Path, patterns: list[Pattern], found: list[Found]) -> None:
    """Write the line of each pattern.

    Parameters
    ----------
    path : Path
        The file.
    patterns, found : list
        The patterns, and what `lay_patterns` found on the roads.
    """
    kept = {
        key_of(pattern): _Kept(f.lonlat.astype(np.float64).tobytes(), f.stop_m.astype(np.float64).tobytes(),
                               list(f.doubts))
        for pattern, f in zip(patterns, found, strict=True)
    }  # fmt: skip
    path.write_bytes(msgspec.msgpack.encode(kept))


def load_laid(path: Path) -> Mapping[str, Found]:
    """Read what `save_laid` wrote; an absent or damaged file has no lines: they are laid again."""
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=dict[str, _Kept])
    except (OSError, msgspec.MsgspecError):
        return {}
    return {
        key: Found(np.frombuffer(k.lonlat).reshape(-1, 2), np.frombuffer(k.stop_m), tuple(k.doubts))
        for key, k in kept.items()
    }
