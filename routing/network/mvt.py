"""Mapbox vector tiles on the wire: one message class, and geometry commands over whole arrays.

``mapbox-vector-tile`` cannot live beside the protobuf that GTFS-realtime needs,
so the message is described here, as in the vector tile specification 2.1.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from routing.network.graph import Ints

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
_MOVE_ONE, _CLOSE = (1 << 3) | 1, (1 << 3) | 7
_F = descriptor_pb2.FieldDescriptorProto


def _message_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="hanoi/vector_tile.proto", package="hanoi.mvt", syntax="proto2")

    def message(name: str, *rows: tuple[str, int, int, int, str]) -> None:
        kind = file.message_type.add(name=name)
        for field, number, label, field_type, type_name in rows:
            row = kind.field.add(name=field, number=number, label=label, type=field_type)
            if type_name:
                row.type_name = f".hanoi.mvt.{type_name}"
            if label == _F.LABEL_REPEATED and field_type == _F.TYPE_UINT32:
                row.options.packed = True

    one, many, u32, u64, text, sub = (
        _F.LABEL_OPTIONAL, _F.LABEL_REPEATED, _F.TYPE_UINT32, _F.TYPE_UINT64, _F.TYPE_STRING, _F.TYPE_MESSAGE,
    )  # fmt: skip
    message("Value", ("string_value", 1, one, text, ""), ("uint_value", 5, one, u64, ""))
    message("Feature", ("id", 1, one, u64, ""), ("tags", 2, many, u32, ""), ("type", 3, one, u32, ""),
            ("geometry", 4, many, u32, ""))  # fmt: skip
    message("Layer", ("name", 1, one, text, ""), ("features", 2, many, sub, "Feature"), ("keys", 3, many, text, ""),
            ("values", 4, many, sub, "Value"), ("extent", 5, one, u32, ""), ("version", 15, one, u32, ""))  # fmt: skip
    message("Tile", ("layers", 3, many, sub, "Layer"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("hanoi.mvt.Tile"))


Tile = _message_class()


class TileFeature(NamedTuple):
    """One feature of one layer in one tile; ``geometry`` holds its commands."""

    row: int
    feature_id: int | None
    kind: int
    geometry: list[int]


def encode_layer(tile: Any, name: str, keys: Sequence[str], values: Sequence[Sequence[Any]], features: Any) -> None:
    """Add one layer to a tile.

    Parameters
    ----------
    tile : Tile
        The message to add to.
    name : str
        Name of the layer.
    keys : sequence of str
        Attribute names.
    values : sequence of sequences
        Per key, the value of each row; a text or a whole number; an empty text is left out.
    features : iterable of TileFeature
        What is drawn; ``row`` finds its values.
    """
    layer = tile.layers.add(name=name, extent=EXTENT, version=2, keys=list(keys))
    seen: dict[Any, int] = {}
    for row, feature_id, kind, geometry in features:
        tags: list[int] = []
        for number, column in enumerate(values):
            value = column[row]
            if value == "":
                continue
            place = seen.get(value)
            if place is None:
                place = seen[value] = len(seen)
                if isinstance(value, str):
                    layer.values.add(string_value=value)
                else:
                    layer.values.add(uint_value=int(value))
            tags += (number, place)
        layer.features.add(id=feature_id, tags=tags, type=kind, geometry=geometry)


def line_commands(x: Ints, y: Ints, part: Ints) -> tuple[Ints, Ints, Ints]:
    """Turn many lines into geometry commands; lines that shrank to a point vanish.

    Parameters
    ----------
    x, y : ndarray of int
        Points in tile units, lines one after the other.
    part : ndarray of int
        The line of each point, rising.

    Returns
    -------
    commands : ndarray of int
        All commands, one line after the other.
    offset : ndarray of int, shape (lines + 1,)
        Where each remaining line's commands begin.
    lines : ndarray of int
        Which lines remain.
    """
    same = np.zeros(len(x), dtype=bool)
    same[1:] = (x[1:] == x[:-1]) & (y[1:] == y[:-1]) & (part[1:] == part[:-1])
    x, y, part = x[~same], y[~same], part[~same]
    lines, first, size = np.unique(part, return_index=True, return_counts=True)
    keep = size > 1
    points = np.repeat(keep, size)
    x, y, lines, size = x[points], y[points], lines[keep], size[keep]
    first = np.concatenate(([0], np.cumsum(size)))
    start = np.zeros(len(x), dtype=bool)
    start[first[:-1]] = True
    dx, dy = np.diff(x, prepend=0), np.diff(y, prepend=0)
    dx[start], dy[start] = x[start], y[start]
    # Per line: move, x, y, line-to, then x, y of every further point: 2 n + 2 numbers.
    offset = 2 * first + 2 * np.arange(len(first))
    line = np.repeat(np.arange(len(size)), size)
    place = offset[line] + 1 + 2 * (np.arange(len(x)) - first[line]) + np.where(start, 0, 1)
    commands = np.empty(offset[-1] if len(offset) else 0, dtype=np.int64)
    commands[offset[:-1]] = _MOVE_ONE
    commands[offset[:-1] + 3] = ((size - 1) << 3) | 2
    commands[place] = _zigzag(dx)
    commands[place + 1] = _zigzag(dy)
    return commands, offset, lines


def point_commands(x: int, y: int) -> list[int]:
    """Return the commands of one point in tile units."""
    return [_MOVE_ONE, x << 1, y << 1] if x >= 0 and y >= 0 else [_MOVE_ONE, _zig(x), _zig(y)]


def polygon_commands(rings: Sequence[Ints]) -> list[int]:
    """Turn rings into commands.

    Parameters
    ----------
    rings : sequence of ndarray, shape (n, 2)
        Closed rings in tile units, outer ones with positive area, holes with negative.

    Returns
    -------
    list of int
        Empty where no ring has an area.
    """
    commands: list[int] = []
    at_x = at_y = 0
    for ring in rings:
        points = ring[:-1]
        keep = np.any(points != np.roll(points, 1, axis=0), axis=1)
        points = points[keep]
        if len(points) < 3:
            continue
        steps = np.diff(points, axis=0, prepend=[[at_x, at_y]])
        flat = _zigzag(steps).ravel().tolist()
        commands += [_MOVE_ONE, *flat[:2], ((len(points) - 1) << 3) | 2, *flat[2:], _CLOSE]
        at_x, at_y = int(points[-1, 0]), int(points[-1, 1])
    return commands


def _zig(value: int) -> int:
    return (value << 1) ^ (value >> 31)


def _zigzag(values: Ints) -> Ints:
    return (values << 1) ^ (values >> 31)
