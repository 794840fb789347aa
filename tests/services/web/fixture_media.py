"""A small map and a short rendered clip: fixtures for tests of the pages, never part of the product."""

import io
import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from routing.network import mvt
from tests.services.web.fixtures import BBOX, CENTRE, STREETS

CLIP_FPS = 6
CLIP_FRAMES = 48
CROSS_FRAME = 22


def box_at(frame: int) -> list[float]:
    """Return the rendered car's box in a frame of the fixture clip."""
    y = 470 - 9.0 * frame
    scale = 0.4 + y / 700
    return [330 - 40 * scale, y - 55 * scale, 330 + 40 * scale, y + 20 * scale]


def _road_tile(z: int, x: int, y: int) -> bytes:
    names: list[str] = []
    classes: list[str] = []
    features = []
    for index, line in enumerate(street_lines()):
        pixels = [_pixel(lon, lat, z, x, y) for lon, lat in line]
        for part, (a, b) in enumerate(pairwise(pixels)):
            if not (_near(a) or _near(b)):
                continue
            geometry = [9, _zigzag(a[0]), _zigzag(a[1]), 10, _zigzag(b[0] - a[0]), _zigzag(b[1] - a[1])]
            features.append(mvt.TileFeature(len(names), index * 20 + part, mvt.LINE, geometry))
            names.append(STREETS[index % len(STREETS)])
            classes.append(["primary", "secondary", "residential", "residential"][index % 4])
    tile = mvt.Tile()
    mvt.encode_layer(tile, "roads", ["class", "name"], [classes, names], features)
    return bytes(tile.SerializeToString())


def _zigzag(value: int) -> int:
    return (value << 1) ^ (value >> 31)


def street_lines() -> list[list[tuple[float, float]]]:
    """Return two families of straight streets across the fixture's box, a little turned."""
    west, south, east, north = BBOX
    lines = []
    for i in range(16):
        lat = south + (north - south) * (i + 0.5) / 16
        lines.append([(west + (east - west) * k / 12, lat + 0.006 * (k / 12 - 0.5)) for k in range(13)])
        lon = west + (east - west) * (i + 0.5) / 16
        lines.append([(lon - 0.008 * (k / 12 - 0.5), south + (north - south) * k / 12) for k in range(13)])
    return lines


def _pixel(lon: float, lat: float, z: int, x: int, y: int) -> tuple[int, int]:
    scale = 2**z
    px = (lon + 180) / 360 * scale
    py = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * scale
    return round((px - x) * 4096), round((py - y) * 4096)


def _near(pixel: tuple[int, int]) -> bool:
    return all(-1024 <= part <= 5120 for part in pixel)


def build_map() -> bytes:
    """Return a small PMTiles file of the fixture's streets."""
    out = io.BytesIO()
    writer = Writer(out)
    west, south, east, north = BBOX
    for z in range(9, 15):
        scale = 2**z
        x0, x1 = (int((lon + 180) / 360 * scale) for lon in (west, east))
        y0, y1 = (int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * scale) for lat in (north, south))
        for x in range(x0, x1 + 1):
            for y in range(y0, y1 + 1):
                writer.write_tile(zxy_to_tileid(z, x, y), _road_tile(z, x, y))
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.NONE,
        "min_zoom": 9,
        "max_zoom": 14,
        "min_lon_e7": int(west * 1e7),
        "min_lat_e7": int(south * 1e7),
        "max_lon_e7": int(east * 1e7),
        "max_lat_e7": int(north * 1e7),
        "center_zoom": 13,
        "center_lon_e7": int(CENTRE[0] * 1e7),
        "center_lat_e7": int(CENTRE[1] * 1e7),
    }
    writer.finalize(header, {"vector_layers": [{"id": "roads", "fields": {}}]})
    return out.getvalue()


def build_clip() -> bytes:
    """Return a short H.264 clip of a rendered car that crosses the stop line on red."""
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=CLIP_FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.options = {"crf": "28", "g": "6"}
        for number in range(CLIP_FRAMES):
            frame = av.VideoFrame.from_ndarray(_picture(number, np), format="rgb24")
            frame.pts, frame.time_base = (
                number + CLIP_FPS,
                Fraction(1, CLIP_FPS),
            )  # as a copied recording: begins at 1 s
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return out.getvalue()


def _picture(number: int, np: Any) -> Any:
    frame = np.full((480, 640, 3), 92, np.uint8)
    frame[:, :120] = frame[:, 560:] = (120, 124, 118)
    frame[298:308, 193:530] = 235
    red, yellow, green = number >= 11, 8 <= number < 11, number < 8
    for lit, row, colour in ((red, 60, (230, 40, 40)), (yellow, 85, (235, 190, 40)), (green, 110, (40, 200, 110))):
        frame[row - 9 : row + 9, 580:600] = colour if lit else (40, 40, 40)
    x0, y0, x1, y1 = (int(v) for v in box_at(number))
    frame[max(0, y0) : max(0, y1), x0:x1] = (190, 60, 60)
    return frame


def build_picture() -> bytes:
    """Return the frame at which the rendered car crosses, as a JPEG."""
    import cv2
    import numpy as np

    ok, data = cv2.imencode(".jpg", _picture(CROSS_FRAME, np)[:, :, ::-1])
    assert ok
    return bytes(data)
