"""The message classes of ``ufms.proto``, built when first asked for: no compiler, no generated file."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = Path(__file__).with_name("ufms.proto")
POINTS_FIELD = 3  # of BusWayPointBatch, by analogy with WayPointBatch: no description we read names it
FIRST_POINTS_FIELD = 3  # 1 and 2 are the vehicle and its driver
_FIELD = descriptor_pb2.FieldDescriptorProto
_LINE = re.compile(
    r"(?P<kind>message|enum) (?P<name>\w+) \{"
    r"|(?P<label>optional|repeated) (?P<type>\w+) (?P<field>\w+) = (?P<number>\d+);"
    r"|(?P<value>\w+) = (?P<is>\d+);"
)


@lru_cache(maxsize=8)
def base_message(points_field: int = POINTS_FIELD) -> Any:
    """Return the class ``BaseMessage``.

    Parameters
    ----------
    points_field : int
        Number of the repeated points in ``BusWayPointBatch``, from 3.

    Returns
    -------
    type
        A protobuf message class with every payload as a plain field.
    """
    file = parse_proto(PROTO.read_text(encoding="utf-8"))
    batch = next(message for message in file.message_type if message.name == "BusWayPointBatch")
    next(field for field in batch.field if field.name == "points").number = points_field
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("ufms.BaseMessage"))


@lru_cache(maxsize=1)
def message_types() -> dict[int, str]:
    """Return the name of every message type by its number, for instance ``102: "MsgType_BusWayPoint"``."""
    file = parse_proto(PROTO.read_text(encoding="utf-8"))
    return {value.number: value.name for value in file.enum_type[0].value}


def parse_proto(text: str) -> descriptor_pb2.FileDescriptorProto:
    """Read the part of the protobuf language that ``ufms.proto`` uses.

    Parameters
    ----------
    text : str
        Flat messages and enums, one field a line.

    Returns
    -------
    FileDescriptorProto
        What a compiler would make of it.
    """
    file = descriptor_pb2.FileDescriptorProto(name="ufms.proto", package="ufms", syntax="proto2")
    for found in map(_LINE.match, map(str.strip, text.splitlines())):
        if found is None:
            continue
        if found["kind"] == "message":
            file.message_type.add(name=found["name"])
        elif found["kind"] == "enum":
            file.enum_type.add(name=found["name"])
        elif found["value"]:
            file.enum_type[-1].value.add(name=found["value"], number=int(found["is"]))
        else:
            _add_field(file.message_type[-1], found)
    return file


def _add_field(message: descriptor_pb2.DescriptorProto, found: re.Match[str]) -> None:
    label = _FIELD.LABEL_REPEATED if found["label"] == "repeated" else _FIELD.LABEL_OPTIONAL
    field = message.field.add(name=found["field"], number=int(found["number"]), label=label)
    scalar = f"TYPE_{found['type'].upper()}"
    if scalar in _FIELD.Type.keys():  # noqa: SIM118 - an enum wrapper, not a mapping
        field.type = _FIELD.Type.Value(scalar)
    else:
        field.type = _FIELD.TYPE_MESSAGE
        field.type_name = f".ufms.{found['type']}"
