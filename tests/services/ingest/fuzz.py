"""Seeded rubbish for every door: `python -m tests.services.ingest.fuzz --count 1000000` is the long form of the test.

Each body is a good one that was bent: bits flipped, cut, doubled, spliced with another, numbers and texts replaced by
the worst there are, or no body at all.
"""

import argparse
import json
import random
import resource
import sys
import time
from collections import Counter
from urllib.parse import urlencode

import msgspec

from schemas.fix import Fix
from services.clock import CityClock
from services.ingest.formats import make_formats
from services.ingest.guard import Caller
from services.ingest.intake import Intake, find_whole_refusal
from services.ingest.letters import fix_records
from services.ingest.tokens import Source, digest
from services.play.bodies import write_csv, write_gtfs_rt, write_ufms, write_ufms_json
from services.recordings.frames import varint
from services.recordings.ufms_schema import base_message
from tests.services.ingest.house import HANOI, NOON_MS, SECOND, StillClock

DOORS = ("ufms", "ufms-json", "gtfs-rt", "csv", "osmand", "traccar")
WORST = [
    "", " ", "NaN", "-inf", "1e999", "0", "-0.0", "1e308", "9" * 400, "0x10", "١٢٣", "\x00", "\ud800", "a" * 300,
    "null", "true", "2026-02-30T99:99:99", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "4102444800001",
    "-62135596800", "29B-1", "105.85", "21.03", str(SECOND), "🚌", "' OR 1=1 --", "{{7*7}}", "../../etc/passwd",
]  # fmt: skip
VALUES: list[object] = [*WORST, None, True, False, 0, -1, 1e308, 2**63, -(2**70), [], {}, [[]], {"a": {}}, 1.5, [1, 2]]


def fix(chance: random.Random) -> Fix:
    return Fix(
        vehicle_id=f"29B-{chance.randrange(50)}", time_ms=NOON_MS - 1000 * chance.randrange(3600), lon=105.85,
        lat=21.03, source="s", received_ms=NOON_MS, speed_mps=chance.choice([None, 0.0, 10.0]),
        heading_deg=chance.choice([None, 90.0]),
        door_open=chance.choice([None, True]), driver_id=chance.choice([None, "D"]),
    )  # fmt: skip


def good_body(door: str, chance: random.Random) -> bytes:
    """A body the door takes."""
    fixes = [fix(chance) for _ in range(chance.randrange(1, 4))]
    if door == "ufms":
        return chance.choice([write_ufms(fixes), framed(chance), other_kind(chance)])
    if door == "osmand":
        return bent_parameters(chance) if chance.random() < 0.5 else encode_json(bent(client(), chance))
    if door == "traccar":
        return encode_json(bent(forwarded(), chance))
    if door == "ufms-json":
        body = json.loads(write_ufms_json(fixes))
        return encode_json(bent(body, chance)) if chance.random() < 0.5 else encode_json(body)
    if door == "csv":
        return bent_cells(write_csv(fixes), chance)
    return write_gtfs_rt(fixes)


def bent_cells(body: bytes, chance: random.Random) -> bytes:
    rows = [line.split(",") for line in body.decode().split("\r\n")]
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice(WORST)
    return "\r\n".join(",".join(row) for row in rows).encode(errors="replace")


def framed(chance: random.Random) -> bytes:
    frames = [write_ufms([fix(chance)]) for _ in range(3)]
    return b"".join(varint(len(frame) + (chance.random() < 0.1)) + frame for frame in frames)


def other_kind(chance: random.Random) -> bytes:
    made = base_message()(msgType=chance.choice([0, 100, 102, 103, 400, 501, 999, -1, 2**31 - 1]))
    if chance.random() < 0.5:
        made.msgBusWayPointBatch.vehicle = "29B-1"
        made.msgBusWayPointBatch.points.add(
            x=chance.choice([105.85, float("nan"), 1e300]), y=21.03, datetime=chance.choice([SECOND, 0, -(2**31)])
        )
    return made.SerializeToString()


def client() -> dict[str, object]:
    coords = {"latitude": 21.03, "longitude": 105.85, "accuracy": 5, "speed": 3.0, "heading": 9}
    return {"device_id": "29B-1", "location": {"timestamp": "2026-02-16T05:00:00.000Z", "coords": coords}}


def forwarded() -> dict[str, object]:
    position = {"fixTime": "2026-02-16T05:00:00.000+00:00", "latitude": 21.03, "longitude": 105.85, "valid": True,
                "speed": 3, "course": 9, "attributes": {"ignition": True}}  # fmt: skip
    return {"position": position, "device": {"name": "29B-1", "uniqueId": "8600"}}


def bent_parameters(chance: random.Random) -> bytes:
    values = {"id": "29B-1", "lat": "21.03", "lon": "105.85", "timestamp": str(SECOND), "speed": "9", "bearing": "8"}
    values[chance.choice([*values, "location", "accuracy", "valid", "speed_unit"])] = chance.choice(WORST)
    return urlencode(values, errors="replace").encode()


def bent(value: object, chance: random.Random) -> object:
    """Replace one place in a tree by the worst there is."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        return {**value, key: bent(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], bent(value[at], chance), *value[at + 1 :]]
    return chance.choice(VALUES)


def encode_json(value: object) -> bytes:
    return json.dumps(value).encode(errors="replace")


def bend_bytes(body: bytes, other: bytes, chance: random.Random) -> bytes:
    """Flip, cut, double, splice, or leave alone."""
    way = chance.randrange(7)
    at = chance.randrange(len(body) + 1)
    if way == 0 and body:
        bent_ = bytearray(body)
        for _ in range(chance.randrange(1, 6)):
            bent_[chance.randrange(len(bent_))] ^= 1 << chance.randrange(8)
        return bytes(bent_)
    if way == 1:
        return body[:at]
    if way == 2:
        return body[:at] + chance.randbytes(chance.randrange(20)) + body[at:]
    if way == 3:
        return body[:at] + other[chance.randrange(len(other) + 1) :]
    if way == 4:
        return body.replace(b"105.85", chance.choice(WORST).encode(errors="replace"))
    return chance.randbytes(chance.randrange(60)) if way == 5 and chance.random() < 0.2 else body


def run(door: str, count: int, seed: int) -> Counter[str]:
    """Send so many bodies to a door's reading half; return what became of them.

    A parser that raises, a fix that no later stage could decode, a record without reason or remedy is an error.
    """
    chance = random.Random(f"{door} {seed}")
    clock = CityClock(StillClock())
    intake = Intake(None, make_formats(), clock, HANOI, StillClock())  # type: ignore[arg-type]
    caller = Caller("mad", Source(sha256=digest("x")))
    decode = msgspec.json.Decoder(Fix).decode
    seen: Counter[str] = Counter()
    before = good_body(door, chance)
    for _ in range(count):
        good = good_body(door, chance)
        body = bend_bytes(good, before, chance)
        before = good
        items = intake.formats[door].parse(body, caller.name, NOON_MS)
        assert items or door in ("csv", "gtfs-rt", "ufms-json", "traccar"), body
        verdict = intake.read_verdict(caller, door, body)
        for record in fix_records(verdict.fixes):
            decode(record.value)
        for refusal in verdict.refusals:
            assert refusal.reason, body
            assert refusal.mend, body
        records = intake._records(caller.name, door, body, verdict, find_whole_refusal(door, body, verdict))
        assert all(len(record.value) <= 900_000 for record in records)
        encode_answer(verdict.refusals)
        seen["accepted"] += len(verdict.fixes)
        seen["refused"] += len(verdict.refusals)
        seen["other"] += len(verdict.others)
    return seen


def encode_answer(refusals) -> bytes:
    return msgspec.json.encode([{"vehicle_id": r.vehicle_id, "reason": r.reason, "mend": r.mend} for r in refusals])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--door", choices=DOORS, action="append")
    asked = parser.parse_args()
    for door in asked.door or DOORS:
        began_s = time.perf_counter()
        seen = run(door, asked.count, asked.seed)
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took_s = time.perf_counter() - began_s
        print(f"{door}: {asked.count:,} bodies in {took_s:.0f} s, {dict(seen)}, peak {mib:.0f} MiB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
