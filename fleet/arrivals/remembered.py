"""What was learnt over days as bytes, and back: by stop ids, so that another timetable takes over what it shares.

One part for each hour of each kind of day, which changes only in that hour, and one for everything else.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.calibration import BUCKETS
from fleet.arrivals.errors import CENTRES_S
from fleet.arrivals.features import KINDS, SUMS
from fleet.arrivals.history import SLOTS, History
from fleet.arrivals.links import Links
from fleet.arrivals.selfcheck import SelfCheck

FORM = 5
# What was learnt of our own errors holds for the same inputs and unit only; all else of older forms still does. Where
# buses that are early wait stands in the fourth form and after, whether it helped to know it in the fifth.
FORMS = (1, 2, 3, 4, FORM)
FIRST_OF_SAME_ERRORS, FIRST_WITH_WAITS, FIRST_WITH_HELP = 3, 4, 5
MODEL = "model"
ROADS = "roads"
Floats = NDArray[np.float64]


class Part(msgspec.Struct, array_like=True):
    """Rows of numbers, one column for each name; ``until_ms`` is the end of the last minute in them."""

    form: int
    until_ms: int
    names: list[str]
    rows: bytes
    more: list[bytes] = []


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Part).decode


def hour_part(history: History, links: Links, slot: int) -> bytes:
    """Return one hour's sums."""
    return _pack(history.until_ms, links.names, np.stack([history.took_s[slot], history.planned_s[slot]]))


def model_part(history: History, check: SelfCheck, links: Links, left: Floats) -> bytes:
    """Return how running times vary and early buses wait, how terminals are left (2, terminals), and our own errors."""
    more = [array.astype(np.float64).tobytes() for array in (check.counts, check.sums, check.levels, left)]
    more.append("\n".join(links.terminals).encode())
    rows = np.concatenate([history.squares, [[history.day] * links.count], history.waits, [history.helped]])
    return _pack(history.until_ms, links.names, rows, more)


def roads_part(sums: Floats, links: Links, until_ms: int) -> bytes:
    """Return what was learnt of buses' share of what traffic loses (2, links)."""
    return _pack(until_ms, links.names, sums)


def take_roads(data: bytes, links: Links) -> Floats:
    """Return what `roads_part` said for the links of the present timetable; zeros where it cannot be read."""
    sums, part = np.zeros((2, links.count)), _unpack(data)
    if part is not None:
        rows, there, here = _columns(part, {name: i for i, name in enumerate(links.names)}, 2)
        sums[:, here] = rows[:, there]
    return sums


def take_parts(parts: Mapping[str, bytes], history: History, check: SelfCheck, links: Links) -> Floats:
    """Take what `hour_part` and `model_part` said into a history and a check that know nothing yet.

    Parameters
    ----------
    parts : mapping
        By name: ``hour-NUMBER`` and ``model``; what cannot be read is left out.
    history : History
        Changed in place.
    check : SelfCheck
        Changed in place.
    links : Links
        Of the present timetable.

    Returns
    -------
    array, shape (2, terminals)
        Milliseconds lost at each terminal, and departures.
    """
    left = np.zeros((2, len(links.terminals)))
    number = {name: i for i, name in enumerate(links.names)}
    for name, data in parts.items():
        part = _unpack(data)
        if part is None:
            continue
        history.until_ms = max(history.until_ms, part.until_ms)
        if name == MODEL:
            waits, helped = part.form >= FIRST_WITH_WAITS, part.form >= FIRST_WITH_HELP
            rows, there, here = _columns(part, number, 4 + 4 * waits + helped)
            history.squares[:, here] = rows[:3, there]
            history.day = int(rows[3].max(initial=0.0))
            if waits:
                history.waits[:, here] = rows[4:8, there]
            if helped:
                history.helped[here] = rows[8, there]
            _take_model(part, check, left, links)
        elif name.startswith("hour-") and name[5:].isdigit() and int(name[5:]) < SLOTS:
            rows, there, here = _columns(part, number, 2)
            history.took_s[int(name[5:]), here], history.planned_s[int(name[5:]), here] = rows[:, there]
    return left


def _take_model(part: Part, check: SelfCheck, left: Floats, links: Links) -> None:
    counts, sums, levels, lost = (np.frombuffer(data) for data in part.more[:4])
    shapes = (KINDS, len(CENTRES_S), BUCKETS), (KINDS, SUMS), (KINDS, len(CENTRES_S), 3)
    sizes = all(a.size == np.prod(shape) for a, shape in zip((counts, sums, levels), shapes, strict=True))
    if part.form >= FIRST_OF_SAME_ERRORS and sizes:
        check.counts, check.sums = counts.reshape(shapes[0]).copy(), sums.reshape(shapes[1]).copy()
        check.levels = levels.reshape(shapes[2]).copy()
        check.calibration = check.calibrate()
    number = {name: i for i, name in enumerate(links.terminals)}
    for name, pair in zip(part.more[4].decode().split("\n"), lost.reshape(2, -1).T, strict=True):
        if name in number:
            left[:, number[name]] = pair


def _pack(until_ms: int, names: list[str], rows: NDArray[Any], more: list[bytes] | None = None) -> bytes:
    """Return bytes of the columns that hold something."""
    some = np.flatnonzero(rows[:2].any(axis=0))
    body = np.ascontiguousarray(rows[:, some], dtype=np.float64).tobytes()
    return zlib.compress(_encode(Part(FORM, until_ms, [names[i] for i in some.tolist()], body, more or [])), 1)


def _unpack(data: bytes) -> Part | None:
    try:
        part = _decode(zlib.decompress(data))
    except (zlib.error, msgspec.MsgspecError):
        return None
    return part if part.form in FORMS else None


def _columns(part: Part, number: Mapping[str, int], count: int) -> tuple[Floats, list[int], list[int]]:
    rows = np.frombuffer(part.rows).reshape(count, -1)
    there = [i for i, name in enumerate(part.names) if name in number]
    return rows, there, [number[part.names[i]] for i in there]
