"""Canned answers about roads, rain and water: fixtures for tests of the pages, never part of the product."""

import math
from typing import Any

from tests.services.web.fixtures import CENTRE, STREETS, now_ms, text

EDGE_COUNT = 640
LEVELS = ("free", "free", "slow", "congested", "blocked", "no_data")
SPEEDS = {"free": 9.5, "slow": 5.8, "congested": 3.1, "blocked": 0.8, "no_data": None}
DEPTHS = {"wet": ["motorbike", "car", "bus"], "shallow": ["motorbike", "car", "bus"], "knee": ["bus"], "deep": []}


def edge_view(index: int, at_min: int = 0) -> dict[str, Any]:
    """Return the state of one edge, now or some minutes ahead; some have no data, some nobody drove."""
    level = LEVELS[(index * 7 + at_min // 15) % 6]
    speed = SPEEDS[level]
    imputed = at_min > 0 or index % 5 == 3
    half = None if speed is None else (0.5 + 0.7 * speed if index % 4 == 2 else 0.2 * speed)
    known = speed is not None
    return {
        "edge_index": index,
        "edge_id": f"{index}/1/2",
        "level": level,
        "speed_mps": speed,
        "sd_mps": 1.1 if known else None,
        "free_flow_mps": 10.8,
        "usual_mps": 8.2,
        "observations": 14 if known and not imputed else 0,
        "age_s": 42.0 if known and not imputed else None,
        "time_ms": now_ms() + 60_000 * at_min,
        "imputed": imputed,
        "traffic_mps": speed,
        "low_mps": None if half is None or speed is None else max(0.0, speed - half),
        "high_mps": None if half is None or speed is None else speed + half,
        "jam_factor": None if speed is None else round(10 * (1 - speed / 10.8), 1),
        "travel_time_index": None if speed is None else round(10.8 / speed, 2),
        "motorcycle_level": "D" if level == "congested" else None,
    }


def edges(at: str, *, empty: bool) -> dict[str, Any]:
    """Return all edges now, or as forecast; a quiet city has no forecast yet."""
    at_min = int(at.lstrip("+") or 0)
    states = [] if empty else [edge_view(i, at_min) for i in range(EDGE_COUNT)]
    made_ms = None if empty or at_min == 0 else now_ms() - 20_000
    return {"now_ms": now_ms(), "at_min": at_min, "made_ms": made_ms, "states": states}


def past(time_ms: str, *, empty: bool) -> dict[str, Any]:
    """Return the roads as they were: other levels than now, and only those that somebody drove."""
    views = [] if empty else [edge_view(i + 1) | {"edge_index": i, "imputed": False} for i in range(0, EDGE_COUNT, 2)]
    return {"now_ms": now_ms(), "time_ms": int(time_ms), "states": [v | {"time_ms": int(time_ms)} for v in views]}


def edge_detail(index: int) -> dict[str, Any]:
    """Return one edge with half an hour of history and an hour ahead."""
    at = now_ms()
    history = [
        {"time_ms": at - 60_000 * (30 - i), "speed_mps": 8.0 - 0.17 * i + math.sin(i), "sd_mps": 1.0} for i in range(30)
    ]
    ahead = [
        {
            "time_ms": at + 60_000 * m,
            "speed_mps": 3.5 + m / 20,
            "low_mps": 2.5,
            "high_mps": 4.5 + m / 10,
            "usual_mps": 8,
        }
        for m in (15, 30, 60)
    ]
    return {
        **edge_view(index),
        "name": STREETS[index % len(STREETS)],
        "class": "secondary",
        "length_m": 214.0,
        "history": history,
        "forecast": ahead,
    }


def edge_chart(index: int) -> dict[str, Any]:
    """Return a day of one edge with a night in which nobody drove it."""
    at, view = now_ms(), edge_view(index)
    points = [
        {"time_ms": at - 3_600_000 * h, "speed_mps": None if 10 < h < 16 else 4.0 + h % 5, "sd_mps": 1.0}
        for h in range(24, -1, -1)
    ]
    return {"edge_index": index, "edge_id": view["edge_id"], "from_ms": at - 86_400_000, "to_ms": at, "points": points}


def bottlenecks(at: str, *, empty: bool) -> dict[str, Any]:
    """Return a ranking of streets, the worst first."""
    streets = [
        {
            "name": STREETS[i],
            "edge_indexes": [9 + i],
            "lost_s": 840.0 - 150 * i,
            "length_m": 1200.0 + 300 * i,
            "speed_mps": 2.1 + i / 2,
            "free_flow_mps": 10.8,
            "lon": CENTRE[0] + 0.004 * i,
            "lat": CENTRE[1] - 0.002 * i,
        }
        for i in range(0 if empty else 4)
    ]
    return {"now_ms": now_ms(), "at_min": int(at or 0), "streets": streets}


def rain(*, empty: bool) -> dict[str, Any]:
    """Return three gauges, one of them silent for long, or a city without any."""
    at = now_ms()
    gauges = [
        {
            "gauge_id": name,
            "source": "hsdc",
            "lon": CENTRE[0] + 0.012 * (i - 1),
            "lat": CENTRE[1] + 0.006,
            "time_ms": at - 60_000 * age,
            "age_s": 60.0 * age,
            "period_s": 600.0,
            "mm_h": mm_h,
            "stale": age > 60,
        }
        for i, (name, mm_h, age) in enumerate([("Láng", 31.5, 4), ("Cầu Giấy", 8.0, 6), ("Hoàng Mai", 2.0, 190)])
    ]
    sources = [{"source": "hsdc", "time_ms": at, "slowest": 0.82, "problems": []}]
    return {"now_ms": at, "gauges": [] if empty else gauges, "sources": [] if empty else sources}


def flood(flood_id: str, depth: str, lon: float, lat: float, state: str = "verified") -> dict[str, Any]:
    """Return a spot of water as staff set it a while ago."""
    at = now_ms()
    said = {"time_ms": at - 900_000, "actor": "fixture", "action": "set", "note": depth}
    return {
        "incident_id": flood_id,
        "state": state,
        "kind": "flood",
        "lon": lon,
        "lat": lat,
        "started_ms": at - 3_600_000,
        "updated_ms": at - 900_000,
        "probability": 1.0,
        "title": text("Ngập trên Thái Hà", "Flood on Thái Hà"),
        "why": text("nước 20–40 cm", "water 20–40 cm deep"),
        "evidence": {
            "edge_ids": ["5/1/2"],
            "edge_indexes": [5],
            "vehicle_ids": [],
            "route_ids": [],
            "camera_ids": [],
            "speed_mps": None,
            "usual_mps": None,
            "findings": [],
        },
        "source": "staff",
        "flood": depth,
        "passable": DEPTHS[depth],
        "actions": {"verified": ["respond", "clear", "dismiss"], "cleared": ["close"]}.get(state, []),
        "log": [{**said, "from_state": "verified", "to_state": "verified"}],
    }


def learnt(forgotten: set[str], *, empty: bool) -> dict[str, Any]:
    """Return three lessons of staff, those that were taken back as such."""
    rows = [
        ("I7", "Khâm Thiên", False, "usual_queue", 4.5, 3_600_000),
        ("I8", "Giải Phóng", True, None, 1.0, 30_000_000),
        ("I9", "Láng", False, "already_known", 1.0, 90_000_000),
    ]
    lessons = [
        {
            "incident_id": name,
            "title": text(f"Nghi có sự cố trên {street}", f"Possible incident on {street}"),
            "real": real,
            "reason": reason,
            "actor": "lan",
            "judged_ms": now_ms() - age_ms,
            "learnt": name not in forgotten and reason != "already_known",
            "times": 1.0 if name in forgotten else times,
            "kinds": ["held", "slow"],
            "edge_indexes": [3],
            "lon": CENTRE[0],
            "lat": CENTRE[1],
        }
        for name, street, real, reason, times, age_ms in rows
    ]
    wrong = 0 if "I7" in forgotten else 1
    kinds = [
        {"kind": "held", "right": 1, "wrong": wrong, "trust": 1.0 - 0.17 * wrong},
        {"kind": "camera_flow", "right": 5, "wrong": 0, "trust": 1.0},
    ]
    return {"now_ms": now_ms(), "lessons": [] if empty else lessons, "kinds": [] if empty else kinds}
