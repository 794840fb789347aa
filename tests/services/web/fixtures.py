"""Canned answers in the shapes of the HTTP API: fixtures for tests of the pages, never part of the product."""

import io
import math
import time
from fractions import Fraction
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from routing.network import mvt

BBOX = (105.78, 20.98, 105.88, 21.06)
CENTRE = (105.832, 21.022)
TIMEZONE = "Asia/Ho_Chi_Minh"
LINES = [
    ("32", "Bến xe Giáp Bát – Nhổn", "Nhổn", "Bến xe Giáp Bát"),
    ("09A", "Bờ Hồ – Đại học Mỏ Địa chất – Bờ Hồ", "Bờ Hồ", "Đại học Mỏ Địa chất"),
    ("22B", "Bến xe Mỹ Đình – Kiến Hưng", "Bến xe Mỹ Đình", "Kiến Hưng"),
    ("BRT01", "Bến xe Yên Nghĩa – Kim Mã", "Kim Mã", "Bến xe Yên Nghĩa"),
    ("86", "Ga Hà Nội – Sân bay Nội Bài", "Sân bay Nội Bài", "Ga Hà Nội"),
    ("26", "Mai Động – Sân vận động Quốc gia", "Sân vận động Quốc gia", "Mai Động"),
    ("02", "Bác Cổ – Bến xe Yên Nghĩa", "Bến xe Yên Nghĩa", "Bác Cổ"),
    ("38", "Nam Thăng Long – Mai Động", "Mai Động", "Nam Thăng Long"),
]
STOPS = [
    "58 Nguyễn Thái Học",
    "Văn Miếu – Quốc Tử Giám",
    "Ga Hà Nội",
    "Bệnh viện Việt Đức",
    "Đối diện 142 Kim Mã",
    "Bến xe Kim Mã",
    "Đại sứ quán Nhật Bản",
    "Công viên Thủ Lệ",
    "Điểm trung chuyển Cầu Giấy",
    "Đại học Giao thông Vận tải",
    "Học viện Báo chí và Tuyên truyền",
    "Đại học Quốc gia Hà Nội",
    "Bệnh viện 198, trước Trung tâm Triển lãm Kiến trúc Quy hoạch",
    "Nhổn",
]
STREETS = [
    "Kim Mã", "Nguyễn Thái Học", "Giảng Võ", "La Thành", "Tây Sơn", "Xã Đàn", "Trần Hưng Đạo", "Lý Thường Kiệt",
    "Hàng Bài", "Phố Huế", "Bạch Mai", "Đại Cồ Việt", "Trường Chinh", "Láng Hạ", "Cầu Giấy", "Hoàng Hoa Thám",
]  # fmt: skip
QUALITY = {"correct": 0.98, "complete": 0.93, "clean": 0.71, "live": 0.99}


def now_ms() -> int:
    """Return the wall clock, which is the fixture city's clock."""
    return int(time.time() * 1000)


def text(vi: str, en: str) -> dict[str, str]:
    """Return a text in both languages."""
    return {"vi": vi, "en": en}


def city(state: str) -> dict[str, Any]:
    """Return the city; the stale one is a recorded day of an ended calendar."""
    played = state == "stale"
    return {
        "id": "fixture",
        "name": text("Hà Nội", "Hanoi"),
        "timezone": TIMEZONE,
        "bbox": BBOX,
        "origin": "sample" if state == "full" else "import",
        "languages": ["vi", "en"],
        "parts": {"gtfs": True, "network": True, "cameras": True, "roster": True, "map": True},
        "calendar": {"first_date": "20180101", "last_date": "20181231", "ended": played, "repeat": played},
        "doubts": [],
        "clock": {"now_ms": now_ms(), "speed": 1.0, "played": played},
        "setup_needed": False,
    }


def stop_hit(index: int = 0, distance_m: float | None = None) -> dict[str, Any]:
    """Return stop number ``index`` as a search hit."""
    return {
        "stop_id": f"S{index}",
        "name": STOPS[index],
        "lon": CENTRE[0] + 0.004 * index - 0.02,
        "lat": CENTRE[1] + 0.0012 * index,
        "routes": [line[0] for line in LINES[: 3 + index % 6]],
        "distance_m": distance_m,
    }


def route_hit(index: int) -> dict[str, Any]:
    """Return line number ``index`` as a search hit."""
    name, long_name, _, _ = LINES[index]
    return {
        "route_id": f"R{name}",
        "short_name": name,
        "long_name": long_name,
        "color": ["", "C2410C", "0B7A75"][index % 3],
    }


def arrival(minutes: float, line: int, status: str = "live", **more: Any) -> dict[str, Any]:
    """Return one arrival ``minutes`` from now on line number ``line``."""
    eta = now_ms() + int(minutes * 60_000) + 20_000
    live = status in {"live", "stale"}
    base = {
        "trip_id": f"T{line}-{minutes}", "start_date": "2026-02-16", "route_id": f"R{LINES[line][0]}",
        "route_short_name": LINES[line][0], "headsign": LINES[line][2], "stop_id": "S0", "status": status,
        "vehicle_id": f"29B-{100 + line}.{20 + line}" if live else None, "eta_ms": eta,
        "p10_ms": eta - 70_000 if live else None, "p50_ms": eta + 20_000 if live else None,
        "p90_ms": eta + 130_000 if live else None, "scheduled_ms": eta - 120_000, "delay_s": 120 if live else None,
        "reason": None, "made_at_ms": now_ms(), "fix_time_ms": now_ms() - (240_000 if status == "stale" else 8_000) if live else None,
        "at_stop_name": STOPS[3] if live else None, "stops_away": 3 if live else None,
    }  # fmt: skip
    return {**base, **more}


def arrivals(state: str) -> dict[str, Any]:
    """Return the arrivals of the first stop."""
    body = {"stop": stop_hit(), "now_ms": now_ms(), "newest_fix_ms": None, "arrivals": [], "alerts": []}
    if state == "empty":
        return body
    jam = text("kẹt xe Kim Mã, +2 phút", "slow traffic on Kim Ma, +2 min")
    return {
        **body,
        "newest_fix_ms": now_ms() - 8_000,
        "alerts": [alert("bunching", text("Hai xe tuyến 32 chạy sát nhau", "Two buses of line 32 run close together"))],
        "arrivals": [
            arrival(0.2, 4),
            arrival(4, 0, reason=jam),
            arrival(7, 5, "stale", reason=text("vị trí xe đã cũ", "the bus's place is old")),
            arrival(9, 2, "not_coming"),
            arrival(12, 1),
            arrival(24, 2, "planned"),
            arrival(31, 3, "planned"),
            arrival(17, 0),
        ],
    }


def alert(kind: str, words: dict[str, str]) -> dict[str, Any]:
    """Return an alert that holds."""
    at = now_ms()
    return {
        "alert_id": f"A-{kind}", "kind": kind, "started_ms": at - 300_000, "updated_ms": at - 20_000, "ended_ms": None,
        "text": words, "vehicle_id": "29B-100.20", "route_id": "R32", "trip_id": "T0-4", "lon": CENTRE[0], "lat": CENTRE[1],
    }  # fmt: skip


def vehicles(count: int = 60) -> list[dict[str, Any]]:
    """Return buses in rows along the fixture's streets, each a little on its way."""
    at = now_ms()
    delays = [0, 60, 240, 700, -180, None]
    rows = []
    for index in range(count):
        line = index % len(LINES)
        angle = index * 2.4
        reach = 0.004 + 0.0006 * index
        delay_s = delays[index % len(delays)]
        rows.append({
            "vehicle_id": f"29B-{100 + index}.{20 + index % 70}", "time_ms": at - 5_000, "lon": CENTRE[0] + reach * math.cos(angle),
            "lat": CENTRE[1] + 0.7 * reach * math.sin(angle) + (at % 60_000) / 60_000 * 0.0005, "heading_deg": (index * 47) % 360,
            "speed_mps": 6.2, "route_id": f"R{LINES[line][0]}", "route_short_name": LINES[line][0], "headsign": LINES[line][2],
            "direction_id": index // len(LINES) % 2, "trip_id": None if delay_s is None else f"T{index}",
            "phase": "in_service", "probability": 0.94, "delay_s": delay_s, "distance_m": 300.0 + (index * 790) % 6200,
            "next_stop_id": "S4", "next_stop_name": STOPS[4], "source": "ufms", "quality": QUALITY,
        })  # fmt: skip
    return rows


def vehicle_detail(vehicle_id: str) -> dict[str, Any]:
    """Return one bus with its trail and next stops."""
    bus = next((one for one in vehicles() if one["vehicle_id"] == vehicle_id), vehicles(1)[0])
    at = now_ms()
    trail = [[at - 20_000 * step, bus["lon"] - 0.0006 * step, bus["lat"] - 0.0002 * step] for step in range(14, -1, -1)]
    stops = [
        {"stop_id": f"S{i}", "name": STOPS[i], "eta_ms": at + 150_000 * (i + 1), "p10_ms": at + 120_000 * (i + 1),
         "p50_ms": at + 160_000 * (i + 1), "p90_ms": at + 220_000 * (i + 1)} for i in range(5)
    ]  # fmt: skip
    reason = text("kẹt xe Kim Mã, +2 phút", "slow traffic on Kim Ma, +2 min")
    return {**bus, "trail": trail, "next_stops": stops, "reason": reason}


def route(state: str) -> dict[str, Any]:
    """Return line 32 with both directions."""

    def direction(number: int) -> dict[str, Any]:
        names = STOPS if number == 0 else STOPS[::-1]
        hits = [{**stop_hit(STOPS.index(name)), "distance_m": 500.0 * i} for i, name in enumerate(names)]
        shape = [[hit["lon"], hit["lat"]] for hit in hits]
        return {
            "direction_id": number,
            "headsign": names[-1],
            "stops": hits,
            "shape": shape,
            "length_m": 500.0 * len(names),
        }

    buses = [] if state == "empty" else [{**bus, "route_id": "R32"} for bus in vehicles(96) if bus["route_id"] == "R32"]
    return {"route": route_hit(0), "directions": [direction(0), direction(1)], "vehicles": buses, "alerts": []}


def edge_view(index: int) -> dict[str, Any]:
    """Return the state of one edge; some have no data."""
    level = ["free", "free", "slow", "congested", "blocked", "no_data"][index * 7 % 6]
    speed = {"free": 9.5, "slow": 5.8, "congested": 3.1, "blocked": 0.8, "no_data": None}[level]
    return {
        "edge_index": index, "edge_id": f"{index}/1/2", "level": level, "speed_mps": speed, "sd_mps": 1.1 if speed else None,
        "free_flow_mps": 10.8, "usual_mps": 8.2, "observations": 14 if speed else 0, "age_s": 42.0 if speed else None, "time_ms": now_ms(),
    }  # fmt: skip


def edge_detail(index: int) -> dict[str, Any]:
    """Return one edge with half an hour of history."""
    at = now_ms()
    history = [
        {"time_ms": at - 60_000 * (30 - i), "speed_mps": 8.0 - 0.17 * i + math.sin(i), "sd_mps": 1.0} for i in range(30)
    ]
    return {
        **edge_view(index),
        "name": STREETS[index % len(STREETS)],
        "class": "secondary",
        "length_m": 214.0,
        "history": history,
    }


def overview() -> dict[str, Any]:
    """Return the six numbers."""
    return {
        "now_ms": now_ms(), "alarms": 3, "vehicles_live": 1121, "vehicles_known": 1144, "on_time_share": 0.71,
        "travel_time_index": 1.32, "feeds_late": 2, "cameras_ok": 3, "cameras": 4,
    }  # fmt: skip


def feeds() -> list[dict[str, Any]]:
    """Return two feeds, one with a weak score and its cause."""
    at = now_ms()
    good = {
        "source": "ufms", "time_ms": at, "newest_fix_ms": at - 4_000, "age_s": 4.0, "fixes": 48_210, "vehicles": 1_061,
        "vehicles_live": 1_044, "quality": QUALITY, "verdicts": {"gps_jump": 12, "late": 3},
        "worst": text("sạch: 12 vị trí nhảy xa", "clean: 12 positions jumped"),
    }  # fmt: skip
    late = {
        **good, "source": "gtfs-rt", "age_s": 312.0, "newest_fix_ms": at - 312_000, "vehicles": 83, "vehicles_live": 0,
        "quality": {"correct": 0.96, "complete": 0.62, "clean": 0.9, "live": 0.18},
        "worst": text("sống: 5 phút chưa có vị trí mới", "live: no new position for 5 minutes"),
    }  # fmt: skip
    return [good, late]


def incident(number: int, state: str, place: str, odds: float) -> dict[str, Any]:
    """Return one incident in ``state``."""
    at = now_ms()
    actions = {
        "detected": ["verify", "dismiss"],
        "verified": ["respond", "clear"],
        "responding": ["clear"],
        "cleared": ["close"],
    }
    return {
        "incident_id": f"I{number}", "state": state, "kind": "unusual_slowness", "lon": CENTRE[0] + 0.006 * number - 0.01,
        "lat": CENTRE[1] - 0.003 * number + 0.004, "started_ms": at - 60_000 * (4 + 3 * number), "updated_ms": at - 12_000,
        "probability": odds, "title": text(f"Xe buýt chậm bất thường, {place}", f"Buses unusually slow, {place}"),
        "why": text("6 xe của 3 tuyến chậm hơn thường lệ 70 % trong 4 phút; camera C-118 thấy một xe tải đứng yên.",
                    "6 buses of 3 lines slower than their usual by 70 % for 4 min; camera C-118 sees a stopped lorry."),
        "evidence": {"edge_ids": ["3/1/2"], "edge_indexes": [3, 10], "vehicle_ids": [bus["vehicle_id"] for bus in vehicles(6)],
                     "route_ids": ["R32", "R09A", "R22B"], "camera_ids": ["C-118"], "speed_mps": 1.9, "usual_mps": 6.4},
        "source": "estimate", "actions": actions.get(state, []),
        "log": [{"time_ms": at - 60_000, "actor": "system", "action": "detect", "note": None, "from_state": None, "to_state": "detected"}],
    }  # fmt: skip


def incidents() -> list[dict[str, Any]]:
    """Return a queue: two candidates, one verified, one cleared."""
    return [
        incident(0, "detected", "Ngã Tư Sở", 0.91),
        incident(1, "detected", "Kim Mã – Liễu Giai", 0.64),
        incident(2, "verified", "Đại Cồ Việt", 0.97),
        incident(3, "cleared", "Cầu Giấy", 0.88),
    ]


def cameras() -> list[dict[str, Any]]:
    """Return four cameras, one of them lost."""
    at = now_ms()
    rows = []
    for index, state in enumerate(["ok", "ok", "ok", "lost"]):
        name = f"{STREETS[index * 2]} – {STREETS[index * 2 + 1]}"
        words = text("Nhìn rõ", "Sees well") if state == "ok" else text("Mất hình 4 phút", "No picture for 4 minutes")
        rows.append({
            "camera_id": f"C-{58 + index}", "name": text(name, name), "lon": CENTRE[0] + 0.01 * index - 0.016,
            "lat": CENTRE[1] + 0.005, "state": state, "since_ms": at - 240_000, "time_ms": at - 2_000, "frames": 4_210,
            "skipped": 12, "live": 0.99, "rules": ["red_light", "stop_line"], "text": words,
        })  # fmt: skip
    return rows


CLIP_FPS = 6
CLIP_FRAMES = 48
CROSS_FRAME = 22


def frame_times(act_ms: int) -> list[int]:
    """Return the event time of each frame of the fixture clip, whose act is at ``act_ms``."""
    return [act_ms + round((i - CROSS_FRAME) * 1000 / CLIP_FPS) for i in range(CLIP_FRAMES)]


def box_at(frame: int) -> list[float]:
    """Return the rendered car's box in a frame of the fixture clip."""
    y = 470 - 9.0 * frame
    scale = 0.4 + y / 700
    return [330 - 40 * scale, y - 55 * scale, 330 + 40 * scale, y + 20 * scale]


def case_row(number: int, status: str = "open") -> dict[str, Any]:
    """Return one case of the queue."""
    rules = ["red_light", "red_light", "stop_line", "wrong_side"]
    plates = ["30F-587.93", None, "29H1-442.10", "30A-118.52"]
    name = "Lý Thường Kiệt – Hàng Bài"
    return {
        "case_id": f"K{number}", "candidate_id": f"D{number}", "camera_id": "C-058", "camera_name": text(name, "Ly Thuong Kiet – Hang Bai"),
        "rule": rules[number % 4], "time_ms": now_ms() - 3_600_000 * (7 * number + 2), "status": status, "plate": plates[number % 4],
        "plate_confidence": 0.98 if plates[number % 4] else 0.31, "confidence": 0.93 - 0.1 * number,
        "road_user": "motorcycle" if number == 2 else "car", "has_picture": True,
    }  # fmt: skip


def cases() -> dict[str, Any]:
    """Return the queue of cases."""
    rows = [case_row(number) for number in range(4)]
    return {
        "cases": rows,
        "counts": {"red_light": 14, "stop_line": 3, "wrong_side": 1},
        "oldest_ms": rows[-1]["time_ms"],
    }


def case_detail(number: int) -> dict[str, Any]:
    """Return one case with its whole evidence."""
    row = case_row(number)
    times = frame_times(row["time_ms"])
    clause = text(
        "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông (NĐ 168/2024, Điều 6, khoản 9, điểm b)",
        "Disobeying a traffic light (Decree 168/2024, Article 6, clause 9, point b)",
    )
    return {
        **row,
        "measured": {"after_red_s": 1.84, "looks_before_line": 18.0, "speed_heights_s": 2.67},
        "uncertainty_s": 0.04,
        "clause": {"id": "ND168-6-9b", "text": clause, "in_force_from": "2025-01-01"},
        "timeline": [
            {"colour": "green", "start_ms": times[0], "end_ms": times[8]},
            {"colour": "yellow", "start_ms": times[8], "end_ms": times[11]},
            {"colour": "red", "start_ms": times[11], "end_ms": times[-1]},
        ],
        "track": [{"time_ms": times[i], "box": box_at(i), "confidence": 0.8} for i in range(4, 44)],
        "frame_size": [640, 480],
        "stop_line": [[193, 300], [530, 308]],
        "lamps": None,
        "exceptions": {"priority_vehicle": "look", "police_signal": "look"},
        "versions": {"detector": "yolo11n 3f2a", "rule": "red_light 1", "camera": "C-058 77aa"},
        "files": [
            {"name": "clip.mp4", "media_type": "video/mp4", "bytes": 812_000, "sha256": "ab" * 32},
            {"name": "frame_cross.jpg", "media_type": "image/jpeg", "bytes": 91_000, "sha256": "cd" * 32},
            {"name": "crop_plate.jpg", "media_type": "image/jpeg", "bytes": 9_000, "sha256": "ef" * 32},
        ],
        "clip": {"file": "clip.mp4", "start_ms": times[0], "end_ms": times[-1], "frame_ms": times},
        "verification": {"ok": True, "text": text("Chữ ký và mọi tệp khớp", "Signature and every file match")},
        "log": [{"time_ms": now_ms() - 60_000, "actor": "an.nguyen", "action": "open", "note": None}],
        "decision": None,
    }


REASONS = [
    {"code": "light_unclear", "text": text("Đèn không rõ", "The light is unclear")},
    {"code": "wrong_vehicle", "text": text("Nhầm phương tiện", "The wrong vehicle")},
    {"code": "exception", "text": text("Thuộc trường hợp ngoại lệ", "An exception applies")},
    {"code": "plate_unreadable", "text": text("Không đọc được biển số", "The plate is unreadable")},
    {"code": "other", "text": text("Lý do khác", "Another reason")},
]


def _road_tile(z: int, x: int, y: int) -> bytes:
    names: list[str] = []
    classes: list[str] = []
    features = []
    for index, line in enumerate(street_lines()):
        pixels = [_pixel(lon, lat, z, x, y) for lon, lat in line]
        for part, (a, b) in enumerate(zip(pixels, pixels[1:], strict=False)):
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
        "tile_type": TileType.MVT, "tile_compression": Compression.NONE, "min_zoom": 9, "max_zoom": 14,
        "min_lon_e7": int(west * 1e7), "min_lat_e7": int(south * 1e7), "max_lon_e7": int(east * 1e7), "max_lat_e7": int(north * 1e7),
        "center_zoom": 13, "center_lon_e7": int(CENTRE[0] * 1e7), "center_lat_e7": int(CENTRE[1] * 1e7),
    }  # fmt: skip
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
