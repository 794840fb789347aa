#!/usr/bin/env python3
"""Verify sealed evidence packages. Needs only Python 3.8 or newer, no network, nothing installed.

    python3 verify.py PACKAGE.zip [PACKAGE.zip ...] [PUBLIC_KEY_HEX]

A package is a ZIP with nothing compressed. ``manifest.json`` (RFC 8785) names every file with its SHA-256,
``manifest.sig`` is the Ed25519 signature (RFC 8032) of the manifest's bytes, ``public_key.hex`` the key it was made
with. Every byte of the ZIP itself follows from its files, so a change anywhere is found. Each package names the one
before it of the same camera by the SHA-256 of its manifest: give several, and one that is missing or was replaced
among them is told. ``manifest.tsr``, where there is one, is a time-stamp (RFC 3161) of the manifest, added after
sealing; that it is of this manifest is checked here, its own signature by
``openssl ts -verify -data manifest.json -in manifest.tsr -CAfile AUTHORITY.pem``.

Exit status: 0 intact, 1 changed. Whether the key belongs to whom it should is for you to check: compare it with the
one its owner published.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BLOCK = 65536
SEAL = ("manifest.json", "manifest.sig", "public_key.hex")
STAMP = "manifest.tsr"
SHA256_OID = bytes.fromhex("608648016503040201")
FIRST = "0" * 64


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


def zip_bytes(files: dict[str, Any]) -> bytes:
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


def read_zip(data: bytes) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the files of a package and, where its frame cannot be followed, one problem."""
    files, _, broken = _walk(data)
    return {name: bytes(content) for name, content in files.items()}, broken


def _walk(data: bytes) -> tuple[dict[str, Any], dict[str, int], dict[str, Any] | None]:
    """Follow the headers; return files, the CRC-32 that each header tells, and where it went wrong."""
    view = memoryview(data)
    files: dict[str, Any] = {}
    sums: dict[str, int] = {}
    at, began, name = 0, 0, ""
    while data[at : at + 4] == b"PK\3\4":
        began = at
        if at + 30 > len(data):
            return files, sums, _problem(None, began, "the ZIP ends inside a file's header")
        crc, size, _, name_size, extra = struct.unpack("<IIIHH", data[at + 14 : at + 30])
        start = at + 30 + name_size + extra
        name = data[at + 30 : at + 30 + name_size].decode("utf-8", "replace")
        if start + size > len(data) or name in files:
            text = f"the ZIP header of {name} was changed, or the end is lost"
            return files, sums, _problem(None, began, text)
        files[name], sums[name] = view[start : start + size], crc
        at = start + size
    if data[at : at + 4] == b"PK\1\2":
        return files, sums, None
    if files and zlib.crc32(files[name]) != sums[name]:
        return files, sums, _problem(None, began, f"the ZIP header of {name} was changed")
    return (
        files,
        sums,
        _problem(None, at, "neither a file nor the index begins here: changed, or the end is lost"),
    )


def _problem(file: str | None, at: int | None, text: str) -> dict[str, Any]:
    return {"file": file, "at": at, "text": text}


def check(data: bytes, trusted: set[str] | None = None) -> dict[str, Any]:
    """Check the bytes of a package.

    Returns a dictionary: ``manifest`` (or None), ``manifest_sha256``, ``key`` in hexadecimal (or None), ``stamped``
    (the time its time-stamp tells, or None) and ``problems``, each with ``file``, ``at`` and ``text``.
    """
    files, sums, broken = _walk(data)
    found: dict[str, Any] = {"manifest": None, "manifest_sha256": None, "key": None, "stamped": None}
    problems: list[dict[str, Any]] = [broken] if broken else []
    found["problems"] = problems
    lost = [name for name in SEAL if name not in files]
    if lost:
        text = "is missing: this is no sealed package, or it was cut"
        problems += [_problem(name, None, text) for name in lost]
        return found
    found["manifest_sha256"] = hashlib.sha256(files["manifest.json"]).hexdigest()
    found["key"] = bytes(files["public_key.hex"]).decode("ascii", "replace").strip()
    found["manifest"] = manifest = _signed(files, sums, found["key"], problems)
    if trusted is not None and found["key"] not in trusted:
        problems.append(_problem("public_key.hex", None, "is not a key you trust: sealed by somebody else, or changed"))
    if manifest is not None:
        _compare(files, manifest, problems, whole=broken is None)
    found["stamped"] = _stamped(files, sums, found["manifest_sha256"], problems)
    if not problems:
        _frame(data, files, problems)
    return found


def _frame(data: bytes, files: dict[str, Any], problems: list[dict[str, Any]]) -> None:
    again = zip_bytes(files)
    if again != data:
        shorter = min(len(again), len(data))
        at = next((i for i in range(shorter) if again[i] != data[i]), shorter)
        problems.append(_problem(None, at, "the ZIP's own bytes were changed (its files are intact)"))


def _signed(
    files: dict[str, Any], sums: dict[str, int], key_hex: str, problems: list[dict[str, Any]]
) -> dict[str, Any] | None:
    told = bytes(files["manifest.json"])
    if not _is_signed(told, bytes(files["manifest.sig"]), bytes(files["public_key.hex"]), key_hex):
        changed = [name for name in SEAL if zlib.crc32(files[name]) != sums[name]]
        text = "was changed: the signature does not fit"
        problems += [_problem(name, None, text) for name in changed]
        if not changed:
            text = "the signature does not fit: the manifest, the signature or the key was changed"
            problems.append(_problem("manifest.json", None, text))
    try:
        manifest: dict[str, Any] = json.loads(told.decode("utf-8"))
        _entries(manifest)
        _link(manifest)
        if canonical(manifest) != told:
            raise ValueError("not canonical")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        if not problems:
            problems.append(_problem("manifest.json", None, "cannot be read, or is not in canonical form (RFC 8785)"))
        return None
    return manifest


def _is_signed(told: bytes, signed: bytes, public: bytes, key_hex: str) -> bool:
    try:
        signature, key = bytes.fromhex(signed.decode("ascii").strip()), bytes.fromhex(key_hex)
    except ValueError:
        return False
    as_written = (key.hex() + "\n").encode() == public and (signature.hex() + "\n").encode() == signed
    return as_written and ed25519_ok(key, told, signature)


def canonical(value: object) -> bytes:
    """Return the one JSON text (RFC 8785) of texts, whole numbers, lists and dictionaries with ASCII names."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _entries(manifest: dict[str, Any]) -> dict[str, tuple[str, int, list[int]]]:
    """Return name → SHA-256, bytes, and the CRC-32 of all up to the end of each 64 KiB."""
    listed = manifest["files"]
    if not isinstance(listed, list):
        raise TypeError("files")
    return {str(e["name"]): (str(e["sha256"]), int(e["bytes"]), [int(c) for c in e["crc32"]]) for e in listed}


def _link(manifest: dict[str, Any]) -> tuple[int, str] | None:
    """Return a package's number and the SHA-256 of the manifest before it; a redacted copy has none."""
    chain = manifest.get("chain")
    return None if chain is None else (int(chain["number"]), str(chain["previous_sha256"]))


def _compare(files: dict[str, Any], manifest: dict[str, Any], problems: list[dict[str, Any]], *, whole: bool) -> None:
    named = _entries(manifest)
    known = [*SEAL, *named, STAMP]
    added = "is not in the manifest: added, or renamed"
    problems += [_problem(name, None, added) for name in files if name not in known]
    for name, (digest, size, sums) in named.items():
        if name not in files:
            if whole:
                problems.append(_problem(name, None, "is missing: removed, or renamed"))
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            problems += _where(name, files[name], size, sums)
    if not problems and list(files) != [name for name in known if name in files]:
        problems.append(_problem(None, 0, "the files stand in another order than the manifest's"))


def _where(name: str, data: Any, size: int, sums: list[int]) -> list[dict[str, Any]]:
    found = []
    before = 0
    for number, after in enumerate(sums):
        start = number * BLOCK
        part = data[start : start + BLOCK]
        if zlib.crc32(part, before) != after or len(part) != min(BLOCK, size - start):
            last = min(start + BLOCK, size) - 1
            found.append(_problem(name, start, f"was changed between its bytes {start} and {last}"))
        before = after
    return found or [_problem(name, 0, "was changed (its bytes do not have the sealed SHA-256)")]


def _stamped(
    files: dict[str, Any], sums: dict[str, int], manifest_sha256: str, problems: list[dict[str, Any]]
) -> str | None:
    if STAMP not in files:
        return None
    token = bytes(files[STAMP])
    try:
        imprint, moment = stamp_facts(token)
    except (ValueError, IndexError):
        problems.append(_problem(STAMP, None, "cannot be read as a time-stamp (RFC 3161): changed"))
        return None
    if zlib.crc32(token) != sums[STAMP]:
        problems.append(_problem(STAMP, None, "was changed, or the checksum in its ZIP header"))
    elif imprint != manifest_sha256:
        problems.append(_problem(STAMP, None, "is a time-stamp of another manifest"))
    return moment


def stamp_facts(token: bytes) -> tuple[str, str]:
    """Return what a TimeStampResp (RFC 3161) is of, SHA-256 in hexadecimal, and its time; ValueError if it is none."""
    response = _inside(token, 0, len(token))[0]
    content = _inside(token, *response[1:])[1]
    signed = _inside(token, *_inside(token, *content[1:])[1][1:])[0]
    kept = _inside(token, *_inside(token, *signed[1:])[2][1:])[1]
    octets = _inside(token, *kept[1:])[0]
    facts = _inside(token, *_inside(token, *octets[1:])[0][1:])
    algorithm, imprint = _inside(token, *facts[2][1:])
    oid = _inside(token, *algorithm[1:])[0]
    if token[oid[1] : oid[2]] != SHA256_OID or facts[4][0] != 0x18:
        raise ValueError("no SHA-256 imprint or no time")
    return token[imprint[1] : imprint[2]].hex(), token[facts[4][1] : facts[4][2]].decode("ascii")


def _inside(data: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    """Return tag, start and end of each DER value between two places."""
    found = []
    while at < end:
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            more = size & 0x7F
            size = int.from_bytes(data[at : at + more], "big")
            at += more
        if at + size > end:
            raise ValueError("a value goes beyond its end")
        found.append((tag, at, at + size))
        at += size
    return found


def check_chain(links: list[tuple[dict[str, Any], str]]) -> list[str]:
    """Return one sentence for each break among packages, given as (manifest, SHA-256 of it), in any order.

    A package before the first that is given, or after the last, is not missed.
    """
    cameras: dict[str, list[tuple[int, str, str, str]]] = {}
    for manifest, digest in links:
        link = _link(manifest)
        if link is not None:
            row = (link[0], digest, link[1], str(manifest.get("candidate_id")))
            cameras.setdefault(str(manifest["camera_id"]), []).append(row)
    said: list[str] = []
    for camera, numbered in sorted(cameras.items()):
        said += _breaks(camera, sorted(set(numbered)))
    return said


def _breaks(camera: str, links: list[tuple[int, str, str, str]]) -> list[str]:
    said = []
    if links[0][0] == 1 and links[0][2] != FIRST:
        said.append(f"{camera}: package 1 ({links[0][3]}) names one before it")
    for i in range(1, len(links)):
        number, digest, _, who = links[i - 1]
        after, _, previous, other = links[i]
        if after == number:
            said.append(f"{camera}: two packages are number {number}: {who} and {other}")
        elif after > number + 1:
            gone = f"package {number + 1} is" if after == number + 2 else f"packages {number + 1} to {after - 1} are"
            said.append(f"{camera}: {gone} missing between {who} and {other}")
        elif previous != digest:
            said.append(
                f"{camera}: package {after} ({other}) names another one before it than {who}: replaced or moved"
            )
    return said


def main(argv: list[str]) -> int:
    """Print the verdict of each package and of their chain; return the exit status."""
    paths = [Path(a) for a in argv[1:] if Path(a).is_file()]
    keys = [a.strip().lower() for a in argv[1:] if not Path(a).is_file()]
    if not paths or len(keys) > 1 or any(len(k) != 64 for k in keys):
        sys.stdout.write(f"{__doc__}\n")
        return 2
    links, bad = [], 0
    for path in paths:
        found = check(path.read_bytes(), set(keys) or None)
        bad += len(found["problems"])
        for problem in found["problems"]:
            where = problem["file"] or f"byte {problem['at']} of the ZIP:"
            sys.stdout.write(f"CHANGED: {path}: {where} {problem['text']}\n")
        if found["manifest"] is not None and not found["problems"]:
            links.append((found["manifest"], found["manifest_sha256"]))
            sys.stdout.write(f"INTACT: {path}: {_story(found)}\n")
    breaks = check_chain(links)
    for sentence in breaks:
        sys.stdout.write(f"CHAIN: {sentence}\n")
    return 1 if bad or breaks else 0


def _story(found: dict[str, Any]) -> str:
    manifest = found["manifest"]
    link = _link(manifest)
    said = [
        f"{manifest['candidate_id']}, {len(manifest['files'])} files, sealed by key {found['key']}",
        f"package {link[0]} of camera {manifest['camera_id']}" if link else "a redacted copy",
    ]
    if found["stamped"]:
        said.append(f"time-stamp of {found['stamped']} is of this manifest")
    elif manifest.get("timestamp_authority"):
        said.append(f"no time-stamp yet: {manifest['timestamp_authority']} was to be asked")
    return "; ".join(said)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
