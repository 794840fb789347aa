#!/usr/bin/env python3
"""Verify a sealed evidence package. Needs only Python 3.8 or newer, no network, nothing installed.

    python3 verify.py PACKAGE.zip [PUBLIC_KEY_HEX]

A package is a ZIP with nothing compressed. ``manifest.json`` names every file with its SHA-256, ``manifest.sig``
is the Ed25519 signature (RFC 8032) of the manifest's bytes, ``public_key.hex`` the key it was made with. Every
byte of the ZIP itself follows from its files, so a change anywhere is found. Exit status: 0 intact, 1 changed.
Whether the key belongs to whom it should is for you to check: compare it with the one its owner published.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BLOCK = 65536
SEAL = ("manifest.json", "manifest.sig", "public_key.hex")


def _recover_x(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> tuple[int, int, int, int] | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(s: int, p: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    q = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            q = _add(q, p)
        p = _add(p, p)
        s >>= 1
    return q


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover_x(_BASE_Y, 0) or 0
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def ed25519_ok(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature is valid (RFC 8032, section 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _times(s, BASE), _add(r, _times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Write files (name → bytes) as the one ZIP that they have: stored, dated 1980-01-01, in the order given."""
    body, index = [], []
    at = 0
    for name, data in files.items():
        raw = name.encode("utf-8")
        crc = zlib.crc32(data) & 0xFFFFFFFF
        sizes = struct.pack("<III", crc, len(data), len(data))
        head = struct.pack("<4sHHHHH", b"PK\3\4", 20, 0x800, 0, 0, 33) + sizes + struct.pack("<HH", len(raw), 0) + raw
        index.append(
            struct.pack("<4sHHHHHH", b"PK\1\2", 20, 20, 0x800, 0, 0, 33)
            + sizes
            + struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, at)
            + raw
        )
        body += [head, data]
        at += len(head) + len(data)
    size = sum(map(len, index))
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(index), len(index), size, at, 0)
    return b"".join(body + index + [end])


def read_zip(data: bytes) -> tuple[dict[str, bytes], dict[str, object] | None]:
    """Return the files of a package and, where its frame cannot be followed, one problem."""
    files: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\3\4":
        if at + 30 > len(data):
            return files, {"file": None, "at": at, "text": "the ZIP ends inside a file's header"}
        size, _, name_size, extra = struct.unpack("<IIHH", data[at + 18 : at + 30])
        start = at + 30 + name_size + extra
        name = data[at + 30 : at + 30 + name_size].decode("utf-8", "replace")
        if start + size > len(data) or name in files:
            return files, {"file": name, "at": at, "text": "the ZIP header of this file was changed or the end is lost"}
        files[name] = data[start : start + size]
        at = start + size
    return files, None


def check(
    data: bytes, trusted: set[str] | None = None
) -> tuple[dict[str, object] | None, str | None, list[dict[str, object]]]:
    """Check the bytes of a package; return its manifest (or None), its key in hex (or None) and the problems."""
    files, broken = read_zip(data)
    problems = [broken] if broken else []
    lost = "is missing: this is no sealed package, or it was cut"
    problems += [{"file": name, "at": None, "text": lost} for name in SEAL if name not in files]
    if any(name not in files for name in SEAL):
        return None, None, problems
    key_hex = files["public_key.hex"].decode("ascii", "replace").strip()
    manifest = _signed(files, key_hex, problems)
    if trusted is not None and key_hex not in trusted:
        problems.append(
            {
                "file": "public_key.hex",
                "at": None,
                "text": "is not a key you trust: sealed by somebody else, or changed",
            }
        )
    if manifest is not None:
        _compare(files, manifest, problems)
    if not problems:
        again = zip_bytes(files)
        if again != data:
            shorter = min(len(again), len(data))
            at = next((i for i in range(shorter) if again[i] != data[i]), shorter)
            problems.append({"file": None, "at": at, "text": "the ZIP's own bytes were changed (its files are intact)"})
    return manifest, key_hex, problems


def _signed(files: dict[str, bytes], key_hex: str, problems: list[dict[str, object]]) -> dict[str, object] | None:
    try:
        public, signature = bytes.fromhex(key_hex), bytes.fromhex(files["manifest.sig"].decode("ascii").strip())
    except ValueError:
        problems.append({"file": "manifest.sig", "at": None, "text": "signature or key is not hexadecimal: changed"})
        return None
    form = (key_hex + "\n").encode() == files["public_key.hex"] and (signature.hex() + "\n").encode() == files[
        "manifest.sig"
    ]
    if not form or not ed25519_ok(public, files["manifest.json"], signature):
        text = "the signature does not fit: the manifest, the signature or the key was changed"
        problems.append({"file": "manifest.json", "at": None, "text": text})
    try:
        manifest: dict[str, object] = json.loads(files["manifest.json"].decode("utf-8"))
        _entries(manifest)
    except (ValueError, KeyError, TypeError):
        problems.append({"file": "manifest.json", "at": None, "text": "cannot be read: changed"})
        return None
    return manifest


def _entries(manifest: dict[str, object]) -> dict[str, tuple[str, list[str]]]:
    """Return name → SHA-256 and the SHA-256 of each 64 KiB."""
    listed = manifest["files"]
    if not isinstance(listed, list):
        raise TypeError("files")
    return {str(entry["name"]): (str(entry["sha256"]), list(entry.get("blocks", ()))) for entry in listed}


def _compare(files: dict[str, bytes], manifest: dict[str, object], problems: list[dict[str, object]]) -> None:
    named = _entries(manifest)
    added = "is not in the manifest: added, or renamed"
    problems += [{"file": n, "at": None, "text": added} for n in files if n not in named and n not in SEAL]
    for name, (digest, blocks) in named.items():
        if name not in files:
            problems.append({"file": name, "at": None, "text": "is missing: removed, or renamed"})
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            problems.append(_where(name, files[name], blocks))


def _where(name: str, data: bytes, blocks: list[str]) -> dict[str, object]:
    for number, digest in enumerate(blocks):
        start = number * BLOCK
        if hashlib.sha256(data[start : start + BLOCK]).hexdigest() != digest:
            last = min(start + BLOCK, len(data)) - 1
            return {"file": name, "at": start, "text": f"was changed between its bytes {start} and {last}"}
    return {"file": name, "at": 0, "text": "was changed (its bytes do not have the sealed SHA-256)"}


def main(argv: list[str]) -> int:
    """Print the verdict of one package; return the exit status."""
    if len(argv) not in (2, 3):
        sys.stdout.write(f"{__doc__}\n")
        return 2
    data = Path(argv[1]).read_bytes()
    manifest, key, problems = check(data, None if len(argv) == 2 else {argv[2].strip().lower()})
    for problem in problems:
        where = problem["file"] or f"byte {problem['at']} of the ZIP:"
        sys.stdout.write(f"CHANGED: {where} {problem['text']}\n")
    if manifest is not None and not problems:
        count = len(_entries(manifest))
        sys.stdout.write(f"INTACT: {manifest.get('candidate_id')}, {count} files, sealed by key {key}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
