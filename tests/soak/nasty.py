"""Ways to spoil a record or a body, all of them from one seeded generator."""

import random
from typing import Any

NASTY: tuple[Any, ...] = (
    None, "", " ", "\x00", "a\x00b", "x" * 300, "x" * 20_000, "🚌" * 90, "\u202e29B", "null", "nan", "1e999", "-0",
    "0x10",
    0, -1, 1, 91.0, -181.0, 1e308, -1e308, 2**31, 2**63, 2**64, 10**40, float("inf"), float("-inf"), float("nan"),
    True, False, [], {}, [[]], {"a": {"b": []}}, [1, 2, 3], "2026-13-45T99:99:99Z", "1795305600", "1795305600000",
)  # fmt: skip


def spoil_value(rng: random.Random) -> Any:
    """Return a value that hardly any field expects."""
    return rng.choice(NASTY)


def spoil_tree(rng: random.Random, tree: Any) -> Any:
    """Return a copy of nested dicts and lists with one thing in it spoilt, dropped, doubled or renamed."""
    if isinstance(tree, dict) and tree:
        name = rng.choice(sorted(tree))
        what = rng.randrange(6)
        rest = {key: value for key, value in tree.items() if key != name}
        if what == 0:
            return rest
        if what == 1:
            return {**rest, name.upper() + "?": tree[name]}
        if what <= 3 or not isinstance(tree[name], dict | list):
            return {**tree, name: spoil_value(rng)}
        return {**tree, name: spoil_tree(rng, tree[name])}
    return spoil_value(rng)


def spoil_bytes(rng: random.Random, body: bytes) -> bytes:
    """Return a body with bits turned, pieces cut out, doubled or put in, or with nothing right in it at all."""
    what = rng.randrange(7)
    if what == 0 or not body:
        return rng.randbytes(rng.randrange(200))
    at = rng.randrange(len(body))
    to = min(len(body), at + rng.randrange(1, 64))
    if what == 1:
        return body[:at]
    if what == 2:
        return body[:at] + body[to:]
    if what == 3:
        return body[:to] + body[at:]
    if what == 4:
        return body[:at] + rng.randbytes(rng.randrange(1, 16)) + body[at:]
    spoilt = bytearray(body)
    for _ in range(rng.randrange(1, 8)):
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)
