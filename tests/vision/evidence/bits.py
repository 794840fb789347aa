"""Change single bits of a sealed package at random, and see each found and located by the verifier.

    python -m tests.vision.evidence.bits --count 10000 [--package CASE.zip] [--seed 1]

Located means: where the bit lies in a file, that file is named, and for a file of the manifest the 64 KiB that it lies
in; where it lies in the ZIP's own bytes, a place in them no further away than a header is long, or the file whose
header it is, by its own name or by the one that it has now.
"""

import argparse
import random
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.vision.builders import package
from vision.evidence import verifier
from vision.evidence.package import staple
from vision.evidence.verify import Problem, verify_package

HEADER = 30 + 64


@dataclass(frozen=True)
class Span:
    """A stretch of the ZIP: a file's bytes or, with ``is_frame``, its header."""

    start: int
    end: int
    name: str
    is_frame: bool


def spans(data: bytes) -> list[Span]:
    """Return where each file and its header lie; what follows them is the index."""
    found, at = [], 0
    while data[at : at + 4] == b"PK\3\4":
        size, _, name_size, extra = struct.unpack("<IIHH", data[at + 18 : at + 30])
        start = at + 30 + name_size + extra
        name = data[at + 30 : at + 30 + name_size].decode()
        found += [Span(at, start, name, is_frame=True), Span(start, start + size, name, is_frame=False)]
        at = start + size
    return [*found, Span(at, len(data), "", is_frame=True)]


def is_located(span: Span, at: int, problem: Problem, name: str) -> bool:
    """Whether one problem says where a changed byte of a stretch is; ``name`` is what the header says now."""
    if span.is_frame:
        return problem.file in {span.name, name} or (problem.file is None and abs((problem.at or 0) - at) <= HEADER)
    if problem.file != span.name:
        return False
    begins = problem.at
    return begins is None or begins <= at - span.start < begins + verifier.BLOCK


def missed(data: bytes, count: int, seed: int) -> tuple[list[int], list[int]]:
    """Change ``count`` bits, one at a time; return the places not found, and those found but not located."""
    rng = random.Random(seed)
    parts = spans(data)
    not_found, not_located = [], []
    whole = bytearray(data)
    for number in range(count):
        at, bit = rng.randrange(len(data)), 1 << rng.randrange(8)
        whole[at] ^= bit
        verdict = verify_package(bytes(whole))
        span = next(s for s in parts if s.start <= at < s.end)
        name = whole[span.start + 30 : span.end].decode("utf-8", "replace") if span.name else ""
        whole[at] ^= bit
        if verdict.ok:
            not_found.append(at)
        elif not any(is_located(span, at, problem, name) for problem in verdict.problems):
            not_located.append(at)
        if sys.stderr.isatty() and number % 100 == 0:
            sys.stderr.write(f"\r{number} of {count}")
    return not_found, not_located


def token() -> bytes:
    """Return bytes of the shape of a time-stamp of the test package, by an authority that never was."""
    from tests.vision.evidence.der import time_stamp

    return time_stamp(package().manifest_sha256)


def main() -> int:
    """Run from the command line; 1 where a change was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--package", type=Path)
    args = parser.parse_args()
    data = args.package.read_bytes() if args.package else staple(package().data, token())
    not_found, not_located = missed(data, args.count, args.seed)
    print(f"{args.count} bits of {len(data)} bytes: not found {len(not_found)}, not located {len(not_located)}")
    print(*(f"at {at}" for at in [*not_found, *not_located][:20]), sep="\n")
    return 1 if not_found or not_located else 0


if __name__ == "__main__":
    sys.exit(main())
