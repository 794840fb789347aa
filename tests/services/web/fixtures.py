"""Canned answers in the shapes of the HTTP API: fixtures for tests of the pages, never part of the product."""

import math
import time
from typing import Any

from schemas.position import Quality
from schemas.trip import Phase
from services.api.vehicles.frames import Board, Row, pack_quality

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
    "Kim Mã",
    "Nguyễn Thái Học",
    "Giảng Võ",
    "La Thành",
    "Tây Sơn",
    "Xã Đàn",
    "Trần Hưng Đạo",
    "Lý Thường Kiệt",
    "Hàng Bài",
    "Phố Huế",
    "Bạch Mai",
    "Đại Cồ Việt",
    "Trường Chinh",
    "Láng Hạ",
    "Cầu Giấy",
    "Hoàng Hoa Thám",
]
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
        "calendar": {
            "first_date": "20180101",
            "last_date": "20181231" if played else "20351231",
            "ended": played,
            "repeat": played,
        },
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
        "trip_id": f"T{line}-{minutes}",
        "start_date": "2026-02-16",
        "route_id": f"R{LINES[line][0]}",
        "route_short_name": LINES[line][0],
        "headsign": LINES[line][2],
        "stop_id": "S0",
        "status": status,
        "vehicle_id": f"29B-{100 + line}.{20 + line}" if live else None,
        "eta_ms": eta,
        "p10_ms": eta - 70_000 if live else None,
        "p50_ms": eta + 20_000 if live else None,
        "p90_ms": eta + 130_000 if live else None,
        "scheduled_ms": eta - 120_000,
        "delay_s": 120 if live else None,
        "reason": None,
        "made_at_ms": now_ms(),
        "fix_time_ms": now_ms() - (240_000 if status == "stale" else 8_000) if live else None,
        "at_stop_name": STOPS[3] if live else None,
        "stops_away": 3 if live else None,
        "standing_since_ms": None,
        "is_next_trip": False,
        "stop_lon": CENTRE[0] - 0.02,
        "stop_lat": CENTRE[1],
    }
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
            arrival(12, 1, standing_since_ms=now_ms() - 500_000),
            arrival(17, 0, is_next_trip=True),
            arrival(24, 2, "planned"),
            arrival(31, 3, "planned"),
        ],
    }


def alert(kind: str, words: dict[str, str]) -> dict[str, Any]:
    """Return an alert that holds."""
    at = now_ms()
    return {
        "alert_id": f"A-{kind}",
        "kind": kind,
        "started_ms": at - 300_000,
        "updated_ms": at - 20_000,
        "ended_ms": None,
        "text": words,
        "vehicle_id": "29B-100.20",
        "route_id": "R32",
        "trip_id": "T0-4",
        "lon": CENTRE[0],
        "lat": CENTRE[1],
    }


def disruptions() -> dict[str, Any]:
    """Return what riders are told: one verified incident and three alerts, two of them alike."""
    hidden = {"vehicle_id": None, "trip_id": None}
    missing = text("Tuyến 22B đi Kiến Hưng: chưa thấy xe nào chạy chuyến này", "Line 22B to Kiến Hưng: no bus is seen")
    stuck = text("Tuyến 32: một xe đứng yên hơn 5 phút", "Line 32: a bus has stood for over 5 minutes")
    alerts = [{**alert(kind, words), **hidden} for kind, words in (("stuck", stuck), ("not_coming", missing))]
    return {
        "now_ms": now_ms(),
        "alerts": [*alerts, {**alerts[0], "alert_id": "A-stuck-2"}],
        "incidents": [
            {
                "id": "I1",
                "text": text("Sự cố trên Tây Sơn: xe buýt qua đây chậm", "Incident on Tây Sơn: buses pass slowly"),
                "route_ids": ["R32", "R02"],
                "routes": ["02", "32"],
                "lon": CENTRE[0],
                "lat": CENTRE[1],
                "since_ms": now_ms() - 900_000,
            }
        ],
    }


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
        rows.append(
            {
                "vehicle_id": f"29B-{100 + index}.{20 + index % 70}",
                "time_ms": at - 5_000,
                "lon": CENTRE[0] + reach * math.cos(angle),
                "lat": CENTRE[1] + 0.7 * reach * math.sin(angle) + (at % 60_000) / 60_000 * 0.0005,
                "heading_deg": (index * 47) % 360,
                "speed_mps": 6.2,
                "route_id": f"R{LINES[line][0]}",
                "route_short_name": LINES[line][0],
                "headsign": LINES[line][2],
                "direction_id": index // len(LINES) % 2,
                "trip_id": None if delay_s is None else f"T{index}",
                "phase": "in_service",
                "probability": 0.94,
                "delay_s": delay_s,
                "distance_m": 300.0 + (index * 790) % 6200,
                "next_stop_id": "S4",
                "next_stop_name": STOPS[4],
                "source": "ufms",
                "quality": QUALITY,
            }
        )
    return rows


PHASES = [phase.value for phase in Phase]


def board() -> Board:
    """Return an empty board that knows the fixture's lines."""
    return Board({"routes": [[f"R{line[0]}", line[0]] for line in LINES], "shapes": "fixture"})


def rows(buses: list[dict[str, Any]]) -> dict[str, Row]:
    """Return buses as rows of the stream's frames."""
    lines = [line[0] for line in LINES]
    return {
        bus["vehicle_id"]: Row(
            time_ms=bus["time_ms"],
            x=round(bus["lon"] * 1e5),
            y=round(bus["lat"] * 1e5),
            h=bus["heading_deg"],
            v=round(bus["speed_mps"] * 10),
            d=round(bus["distance_m"]),
            line=lines.index(bus["route_short_name"]),
            shape=None,
            phase=PHASES.index(bus["phase"]),
            sure=round(bus["probability"] * 100),
            delay=bus["delay_s"],
            quality=pack_quality(Quality(**bus["quality"])),
            source=0,
        )
        for bus in buses
    }


def vehicle_detail(vehicle_id: str) -> dict[str, Any]:
    """Return one bus with its trail and next stops."""
    bus = next((one for one in vehicles() if one["vehicle_id"] == vehicle_id), vehicles(1)[0])
    at = now_ms()
    trail = [[at - 20_000 * step, bus["lon"] - 0.0006 * step, bus["lat"] - 0.0002 * step] for step in range(14, -1, -1)]
    stops = [
        {
            "stop_id": f"S{i}",
            "name": STOPS[i],
            "lon": bus["lon"] + 0.0014 * (i + 1),
            "lat": bus["lat"] + 0.0008 * (i + 1),
            "eta_ms": at + 150_000 * (i + 1),
            "p10_ms": at + 120_000 * (i + 1),
            "p50_ms": at + 160_000 * (i + 1),
            "p90_ms": at + 220_000 * (i + 1),
        }
        for i in range(5)
    ]
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
