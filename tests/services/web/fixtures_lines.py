"""Canned lines, bus alerts and open feeds, in the shapes of the HTTP API."""

from typing import Any

from tests.services.web import fixtures as fx

MINUTE_MS = 60_000
LENGTH_M = 13_000.0
STEP_M = LENGTH_M / (len(fx.STOPS) - 1)
MPS = 4.2


def bus(number: int, distance_m: float, *, slower: float = 1.0, **more: Any) -> dict[str, Any]:
    """Return a bus on the ladder that goes on at one pace."""
    now = fx.now_ms()
    course = []
    for stop in range(len(fx.STOPS)):
        metres = stop * STEP_M
        if metres > distance_m:
            at = now + int((metres - distance_m) / MPS * slower * 1000)
            course.append([at, metres, at - MINUTE_MS, at + 2 * MINUTE_MS])
    base = {
        "vehicle_id": f"29B-{100 + number}.{20 + number}",
        "trip_id": f"T{number}",
        "time_ms": now - 9_000,
        "distance_m": distance_m,
        "delay_s": 120,
        "phase": "in_service",
        "ahead": None,
        "headway_s": None,
        "spacing": None,
        "course": course,
    }
    return {**base, **more}


def line(*, empty: bool) -> dict[str, Any]:
    """Return line 32 with two buses that will run as one and a wide gap behind them."""
    buses = [
        bus(0, 11_200.0, delay_s=20),
        bus(1, 7_400.0, slower=1.25, delay_s=520, ahead="29B-100.20", headway_s=860, spacing="even"),
        bus(2, 6_600.0, slower=0.95, delay_s=-90, ahead="29B-101.21", headway_s=95, spacing="bunched"),
        bus(3, 900.0, delay_s=240, ahead="29B-102.22", headway_s=1_380, spacing="wide"),
    ]
    ladder = {
        "direction_id": 0,
        "headsign": "Nhổn",
        "length_m": LENGTH_M,
        "planned_headway_s": 720.0,
        "stops": [{"stop_id": f"S{i}", "name": n, "distance_m": i * STEP_M} for i, n in enumerate(fx.STOPS)],
        "buses": [] if empty else buses,
    }
    back = {**ladder, "direction_id": 1, "headsign": "Bến xe Giáp Bát", "buses": []}
    return {
        "now_ms": fx.now_ms(),
        "route": fx.route_hit(0),
        "directions": [ladder, back],
        "alerts": [] if empty else [one for one in alerts() if one["route_id"] == "R32"],
    }


def lines(*, empty: bool) -> dict[str, Any]:
    """Return lines, the worst first."""
    rows = [
        {"buses": 1, "late": 0, "bunched": 0, "wide": 0, "alerts": {"not_coming": 2}, "pain": 6.0},
        {"buses": 9, "late": 2, "bunched": 1, "wide": 1, "alerts": {"stuck": 1}, "pain": 7.0},
        {"buses": 7, "late": 0, "bunched": 0, "wide": 0, "alerts": {}, "pain": 0.0},
    ]
    made = [{"route": fx.route_hit(index), **row} for index, row in zip((2, 0, 4), rows, strict=True)]
    return {"now_ms": fx.now_ms(), "lines": [] if empty else made}


def alerts() -> list[dict[str, Any]]:
    """Return bus alerts of several kinds."""
    told = [
        (
            "bunching",
            "Xe 29B-102.22 sắp dồn sau xe 29B-101.21: giữ lại ở Ga Hà Nội 3 phút",
            "Bus 29B-102.22 will run up",
        ),
        ("stuck", "Xe 29B-101.21 (tuyến 32) đứng yên 8 phút", "Bus 29B-101.21 (line 32) has stood for 8 minutes"),
        ("lost", "Mất tín hiệu 6 phút", "Silent for 6 minutes"),
    ]
    buses = {"bunching": "29B-102.22", "stuck": "29B-101.21"}
    return [
        {**fx.alert(kind, fx.text(vi, en)), "vehicle_id": buses.get(kind, "29B-105.25")} for kind, vi, en in told
    ] + [
        {
            **fx.alert("detour", fx.text("Tuyến 32 đi đường vòng từ 10:20", "Line 32 is on a detour since 10:20")),
            "vehicle_id": None,
            "detour": {
                "line": [[105.826, 21.018], [105.826, 21.027], [105.838, 21.028], [105.838, 21.020]],
                "missed_stop_ids": ["S3"],
            },
        },
        {
            **fx.alert("not_coming", fx.text("Tuyến 32: chưa thấy xe chuyến 10:32", "Line 32: no bus")),
            "vehicle_id": None,
        },
    ]


def open_feeds(*, empty: bool) -> dict[str, Any]:
    """Return the list of open feeds."""
    feeds = [
        ("vehicle-positions", "Vị trí mới nhất của từng xe", "The newest position of every bus", 1121),
        ("trip-updates", "Giờ đến dự kiến, chuyến không chạy", "Predicted arrivals", 987),
        ("trip-modifications", "Đường vòng của các tuyến", "Detours of lines", 1),
    ]
    made = [
        {
            "id": name,
            "standard": "GTFS-realtime 2.0",
            "text": fx.text(vi, en),
            "experimental": name == "trip-modifications",
            "forms": [
                {"path": f"/gtfs-rt/{name}.{form}", "media_type": kind}
                for form, kind in (("pb", "application/x-protobuf"), ("json", "application/json"))
            ],
            "entities": count,
        }
        for name, vi, en, count in feeds
    ]
    sm = {
        "id": "siri-sm",
        "standard": "SIRI 2.1",
        "text": fx.text("Xe sắp đến một trạm (SIRI SM)", "What comes to one stop (SIRI SM)"),
        "experimental": False,
        "forms": [{"path": "/siri/sm.xml?MonitoringRef={stop_id}", "media_type": "application/xml"}],
        "entities": None,
    }
    static = {
        "path": "/gtfs/static.zip",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "bytes": 2_400_000,
        "version": "2026-11",
        "modified_ms": fx.now_ms(),
        "timezone": fx.TIMEZONE,
        "first_date": "20260101",
        "last_date": "20271231",
    }
    return {
        "made_ms": fx.now_ms(),
        "refresh_s": 5,
        "static": None if empty else static,
        "feeds": [] if empty else [*made, sm],
    }


def accuracy(*, empty: bool) -> dict[str, Any]:
    """Return how right arrivals were: a good bin, a bad one, a line that is often missed."""

    def right(answers: int, accurate: float, covered: float, missed: float, late_s: float) -> dict[str, Any]:
        shares = (accurate, covered, missed, late_s) if answers else (None,) * 4
        return {
            "answers": answers,
            **dict(zip(("accurate", "covered", "missed", "late_s"), shares, strict=True)),
        }

    n = 0 if empty else 1
    bins = [
        right(4_120 * n, 0.912, 0.803, 0.051, 12.0),
        right(6_303 * n, 0.894, 0.795, 0.047, 16.4),
        right(8_871 * n, 0.871, 0.742, 0.092, -3.1),
        right(11_940 * n, 0.905, 0.81, 0.044, 31.0),
    ]
    spans = ((0, 180), (180, 360), (360, 600), (600, 900))
    return {
        "now_ms": fx.now_ms(),
        "hours": 2.0,
        "accurate": None if empty else 0.8955,
        "all": right(31_234 * n, 0.896, 0.79, 0.058, 17.0),
        "bins": [{"from_s": low, "to_s": high, **one} for (low, high), one in zip(spans, bins, strict=True)],
        "lines": []
        if empty
        else [
            {"route": fx.route_hit(i), **right(900 - 40 * i, 0.74 + 0.03 * i, 0.7 + 0.02 * i, 0.12 - 0.01 * i, 40.0)}
            for i in range(min(8, len(fx.LINES)))
        ],
    }
