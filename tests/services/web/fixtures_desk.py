"""Canned answers for control and enforcement: fixtures for tests of the pages, never part of the product."""

from typing import Any

from tests.services.web.fixture_media import CLIP_FPS, CLIP_FRAMES, CROSS_FRAME, box_at
from tests.services.web.fixtures import CENTRE, QUALITY, STREETS, now_ms, text, vehicles


def overview() -> dict[str, Any]:
    """Return the six numbers."""
    return {
        "now_ms": now_ms(),
        "alarms": 3,
        "vehicles_live": 1121,
        "vehicles_expected": 1144,
        "vehicles_parked": 612,
        "vehicles_known": 1756,
        "on_time_share": 0.71,
        "travel_time_index": 1.32,
        "feeds_late": 2,
        "cameras_ok": 3,
        "cameras": 4,
    }


def feeds() -> list[dict[str, Any]]:
    """Return two feeds, one with a weak score and its cause."""
    at = now_ms()
    good = {
        "source": "ufms",
        "time_ms": at,
        "newest_fix_ms": at - 4_000,
        "age_s": 4.0,
        "fixes": 48_210,
        "vehicles": 1_061,
        "vehicles_live": 1_044,
        "quality": QUALITY,
        "verdicts": {"gps_jump": 12, "late": 3},
        "worst": text("sạch: 12 vị trí nhảy xa", "clean: 12 positions jumped"),
        "at_fault": [{"vehicle_id": "29B-001.02", "rule": "impossible_jump", "count": 12}],
    }
    late = {
        **good,
        "source": "gtfs-rt",
        "age_s": 312.0,
        "newest_fix_ms": at - 312_000,
        "vehicles": 83,
        "vehicles_live": 0,
        "quality": {"correct": 0.96, "complete": 0.62, "clean": 0.9, "live": 0.18},
        "worst": text("sống: 5 phút chưa có vị trí mới", "live: no new position for 5 minutes"),
    }
    return [good, late]


FINDINGS = [
    {
        "kind": "held",
        "text": text("6 xe của 3 tuyến đứng ngoài trạm 4 phút", "6 buses of 3 lines stand off their stops for 4 min"),
        "log_odds": 3.4,
    },
    {
        "kind": "camera_standing",
        "text": text("camera C-118 thấy một xe tải đứng yên", "camera C-118 sees a standing lorry"),
        "log_odds": 1.6,
    },
    {
        "kind": "camera_flow",
        "text": text("camera C-60 thấy lưu lượng như mọi ngày", "camera C-60 sees the usual flow"),
        "log_odds": -0.7,
    },
]


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
        "incident_id": f"I{number}",
        "state": state,
        "kind": "unusual_slowness",
        "lon": CENTRE[0] + 0.006 * number - 0.01,
        "lat": CENTRE[1] - 0.003 * number + 0.004,
        "started_ms": at - 60_000 * (4 + 3 * number),
        "updated_ms": at - 12_000,
        "probability": odds,
        "title": text(f"Xe buýt chậm bất thường, {place}", f"Buses unusually slow, {place}"),
        "why": text(
            "6 xe của 3 tuyến chậm hơn thường lệ 70 % trong 4 phút; camera C-118 thấy một xe tải đứng yên.",
            "6 buses of 3 lines slower than their usual by 70 % for 4 min; camera C-118 sees a stopped lorry.",
        ),
        "evidence": {
            "edge_ids": ["3/1/2"],
            "edge_indexes": [3, 10],
            "vehicle_ids": [bus["vehicle_id"] for bus in vehicles(6)],
            "route_ids": ["R32", "R09A", "R22B"],
            "camera_ids": ["C-118"],
            "speed_mps": 1.9,
            "usual_mps": 6.4,
            "findings": FINDINGS,
        },
        "source": "estimate",
        "flood": None,
        "passable": None,
        "actions": actions.get(state, []),
        "log": [
            {
                "time_ms": at - 60_000,
                "actor": "machine",
                "action": "detect",
                "note": None,
                "from_state": "detected",
                "to_state": "detected",
            }
        ],
    }


def incidents() -> list[dict[str, Any]]:
    """Return a queue: two candidates, one verified, one cleared."""
    return [
        incident(0, "detected", "Ngã Tư Sở", 0.91),
        incident(1, "detected", "Kim Mã – Liễu Giai", 0.64),
        incident(2, "verified", "Đại Cồ Việt", 0.97),
        incident(3, "cleared", "Cầu Giấy", 0.88),
    ]


MODEL = "5f" * 32


def cameras() -> list[dict[str, Any]]:
    """Return four cameras, one of them lost."""
    at = now_ms()
    rows = []
    for index, state in enumerate(["ok", "ok", "ok", "lost"]):
        name = f"{STREETS[index * 2]} – {STREETS[index * 2 + 1]}"
        words = text("Nhìn rõ", "Sees well") if state == "ok" else text("Mất hình 4 phút", "No picture for 4 minutes")
        rows.append(
            {
                "camera_id": f"C-{58 + index}",
                "name": text(name, name),
                "lon": CENTRE[0] + 0.01 * index - 0.016,
                "lat": CENTRE[1] + 0.005,
                "state": state,
                "since_ms": at - 240_000,
                "time_ms": at - 2_000,
                "frames": 4_210,
                "skipped": 12,
                "live": 0.99,
                "rules": ["red_light", "stop_line"],
                "text": words,
                "model_sha256": MODEL if state == "ok" else None,
                "pictures": True,
                "approaches": ["east", "north"],
                "counts": [counted("east", at)],
                "circumstances": [],
            }
        )
    return [*rows, counting_camera(at)]


def counting_camera(at: int) -> dict[str, Any]:
    """Return a junction where traffic is only counted."""
    return {
        "camera_id": "J-001",
        "name": text("Láng – Trường Chinh", "Láng – Trường Chinh"),
        "lon": CENTRE[0] + 0.02,
        "lat": CENTRE[1] - 0.005,
        "state": "counting",
        "since_ms": None,
        "time_ms": None,
        "frames": 0,
        "skipped": 0,
        "live": 0.0,
        "rules": [],
        "text": text("Không có hình: chỉ đếm xe.", "No pictures, only counts."),
        "model_sha256": None,
        "pictures": False,
        "approaches": ["east", "north", "west"],
        "counts": [counted(side, at) for side in ("east", "north", "west")],
        "circumstances": [],
    }


def counted(side: str, at: int) -> dict[str, Any]:
    """Return what one approach counted in the last minute, with the queue before its line."""
    return {
        "approach_id": side,
        "start_ms": at - 70_000,
        "end_ms": at - 10_000,
        "counts": {"bus": 1, "car": 9, "motorcycle": 61},
        "occupancy": 0.31,
        "queue_m": 38.4 if side == "east" else 0.0,
        "queue_vehicles": 17 if side == "east" else 0,
        "queue_since_ms": at - 130_000 if side == "east" else None,
        "watched_s": 41.0 if side == "east" else None,
        "model_sha256": MODEL if side == "east" else None,
    }


def frame_times(act_ms: int) -> list[int]:
    """Return the event time of each frame of the fixture clip, whose act is at ``act_ms``."""
    return [act_ms + round((i - CROSS_FRAME) * 1000 / CLIP_FPS) for i in range(CLIP_FRAMES)]


def case_row(number: int, status: str = "open") -> dict[str, Any]:
    """Return one case of the queue."""
    rules = ["red_light", "red_light", "stop_line", "wrong_side"]
    plates = ["30F-587.93", None, "29H1-442.10", "30A-118.52"]
    name = "Lý Thường Kiệt – Hàng Bài"
    return {
        "case_id": f"K{number}",
        "candidate_id": f"D{number}",
        "camera_id": "C-058",
        "camera_name": text(name, "Ly Thuong Kiet – Hang Bai"),
        "rule": rules[number % 4],
        "time_ms": now_ms() - 3_600_000 * (7 * number + 2),
        "status": status,
        "plate": plates[number % 4],
        "plate_confidence": 0.98 if plates[number % 4] else 0.0,
        "plate_partial": None if plates[number % 4] else "29B1?5662",
        "plate_doubt": None if plates[number % 4] else "signs",
        "confidence": 0.93 - 0.1 * number,
        "road_user": "motorcycle" if number == 2 else "car",
        "has_picture": True,
    }


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
        "measured": {
            "after_red_s": 1.84,
            "crossing_error_s": 0.02,
            "lamp_error_s": 0.03,
            "looks_before_line": 18.0,
            "crossing_mps": 2.67,
        },
        "uncertainty_s": 0.0,
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
        "clip": {"file": "clip.mp4", "start_ms": times[0], "end_ms": times[-1], "frame_ms": times, "lacks": []},
        "has_copy": True,
        "original_until_ms": None,
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
