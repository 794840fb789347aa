"""Writes `city.json`, the Grafana dashboard of a city: `python -m infra.grafana.dashboard`.

One row a room, in the order the data flows; each panel is a line of the table below.
"""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("city.json")
WIDTH, HEIGHT, COLUMNS = 8, 7, 24
SOURCE = {"type": "prometheus", "uid": "${source}"}


def p95(metric: str, by: str = "") -> str:
    """Return the query of the 95th percentile of a histogram."""
    labels = f"{by}, le" if by else "le"
    return f"histogram_quantile(0.95, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"


def per_s(metric: str, by: str) -> str:
    """Return the query of a counter's rate, summed by labels."""
    return f"sum by ({by}) (rate({metric}[$__rate_interval]))"


# room → (title, unit, query, legend)
ROWS: dict[str, list[tuple[str, str, str, str]]] = {
    "Services · Dịch vụ": [
        ("Up · Đang chạy", "bool_on_off", "min by (service) (hanoi_service_up)", "{{service}}"),
        ("Ready · Sẵn sàng", "bool_yes_no", "min by (service) (hanoi_service_ready)", "{{service}}"),
        ("Failing · Liên tục lỗi", "bool_yes_no", "max by (service) (hanoi_service_failing)", "{{service}}"),
        ("Restarts · Khởi động lại", "short", "hanoi_service_restarts_total", "{{service}}"),
        ("Hangs · Bị treo", "short", "hanoi_service_hangs_total", "{{service}}"),
        ("Processor, cores · Bộ xử lý", "short", 'rate(process_cpu_seconds_total{job="hanoi"}[$__rate_interval])',
         "{{process}}"),
        ("Memory · Bộ nhớ", "bytes", 'process_resident_memory_bytes{job="hanoi"}', "{{process}}"),
        ("Disk free · Đĩa còn trống", "percentunit", "hanoi_run_disk_free_bytes / hanoi_run_disk_size_bytes",
         "{{folder}}"),
    ],
    "Doors · Cửa nhận": [
        ("Records per second · Bản tin mỗi giây", "short", per_s("hanoi_ingest_records_total", "source, outcome"),
         "{{source}} {{outcome}}"),
        ("Answers per second · Trả lời mỗi giây", "reqps", per_s("hanoi_ingest_requests_total", "door, status"),
         "{{door}} {{status}}"),
        ("Until the log acknowledged, p95 · Ghi nhật ký", "s", p95("hanoi_ingest_append_seconds"), "p95"),
        ("Waiting records · Đang chờ", "short", "hanoi_ingest_waiting_records", "{{process}}"),
        ("Clock of sources ahead · Lệch đồng hồ", "s", "hanoi_ingest_clock_skew_seconds", "{{source}}"),
        ("Limits met · Vượt giới hạn", "short", per_s("hanoi_ingest_limited_total", "source, limit"),
         "{{source}} {{limit}}"),
    ],
    "Log and steps · Nhật ký": [
        ("Lag, records · Tụt lại", "short", "sum by (group) (hanoi_stream_lag_records)", "{{group}}"),
        ("Records per second · Bản tin mỗi giây", "short", per_s("hanoi_stream_records_total", "group, topic"),
         "{{group}} {{topic}}"),
        ("Dead letters per second · Bị loại", "short", per_s("hanoi_stream_dead_letters_total", "group, topic"),
         "{{group}} {{topic}}"),
        ("Since the last turn · Từ vòng cuối", "s",
         "time() - max by (group) (hanoi_stream_last_turn_timestamp_seconds)", "{{group}}"),
        ("Partitions that stand still · Đứng yên", "short", "sum by (group) (hanoi_stream_stopped)", "{{group}}"),
        ("Paused · Tạm dừng", "bool_yes_no", "max by (group) (hanoi_stream_paused)", "{{group}}"),
        ("Poll, p95 · Đọc", "s", p95("hanoi_stream_poll_seconds", "group"), "{{group}}"),
        ("Handle, p95 · Xử lý", "s", p95("hanoi_stream_handle_seconds", "group"), "{{group}}"),
        ("Produce, p95 · Ghi ra", "s", p95("hanoi_stream_produce_seconds", "group"), "{{group}}"),
        ("Commit, p95 · Xác nhận", "s", p95("hanoi_stream_commit_seconds", "group"), "{{group}}"),
        ("Rebalances · Chia lại", "short", "increase(hanoi_stream_rebalances_total[15m])", "{{group}}"),
    ],
    "Store and media · Lưu trữ": [
        ("Rows per second · Dòng mỗi giây", "short", per_s("hanoi_store_rows_total", "table"), "{{table}}"),
        ("Write, p95 · Ghi", "s", p95("hanoi_store_write_seconds"), "p95"),
        ("Size of the database · Cỡ cơ sở dữ liệu", "bytes", "max(hanoi_store_size_bytes)", "size"),
        ("Errors · Lỗi", "short", per_s("hanoi_store_errors_total", "kind"), "{{kind}}"),
        ("Media used of its limit · Kho hình ảnh", "percentunit",
         "max(hanoi_media_used_bytes) / (max(hanoi_media_limit_bytes) > 0)", "used"),
        ("Media held for cases · Đang giữ", "bytes", "max(hanoi_media_held_bytes)", "held"),
        ("Media refused · Từ chối lưu", "short", per_s("hanoi_media_refused_total", "reason"), "{{reason}}"),
    ],
    "Pages · Trang web": [
        ("Requests per second · Yêu cầu mỗi giây", "reqps", per_s("hanoi_api_request_seconds_count", "status"),
         "{{status}}"),
        ("Until the answer begins, p99 · Trả lời", "s",
         "histogram_quantile(0.99, sum by (le) (rate(hanoi_api_request_seconds_bucket[$__rate_interval])))", "p99"),
        ("Live clients · Đang xem", "short", "hanoi_api_live_clients", "clients"),
        ("Vehicles in the live state · Xe", "short", "hanoi_api_vehicles", "vehicles"),
        ("Messages per second · Bản tin mỗi giây", "short", per_s("hanoi_api_messages_total", "topic"), "{{topic}}"),
        ("Unreadable · Không đọc được", "short", per_s("hanoi_api_unreadable_total", "topic"), "{{topic}}"),
    ],
}  # fmt: skip


def panel(number: int, title: str, unit: str, query: str, legend: str, x: int, y: int) -> dict[str, Any]:
    """Return one panel of lines over time."""
    return {
        "id": number,
        "type": "timeseries",
        "title": title,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": query, "legendFormat": legend}],
    }


def dashboard(rows: dict[str, list[tuple[str, str, str, str]]] = ROWS) -> dict[str, Any]:
    """Return the whole dashboard."""
    panels: list[dict[str, Any]] = []
    y = 0
    for title, lines in rows.items():
        panels.append(
            {"id": len(panels) + 1, "type": "row", "title": title, "collapsed": False, "panels": [],
             "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}}
        )  # fmt: skip
        y += 1
        for number, line in enumerate(lines):
            x = number * WIDTH % COLUMNS
            panels.append(panel(len(panels) + 1, *line, x, y + number * WIDTH // COLUMNS * HEIGHT))
        y += -(-len(lines) * WIDTH // COLUMNS) * HEIGHT
    return {
        "uid": "hanoi-traffic",
        "title": "hanoi-traffic",
        "tags": ["hanoi-traffic"],
        "schemaVersion": 41,
        "editable": True,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "templating": {
            "list": [{"name": "source", "type": "datasource", "label": "Prometheus", "query": "prometheus"}]
        },
        "panels": panels,
    }


def as_text() -> str:
    """Return the dashboard as the JSON that lies in the file."""
    return json.dumps(dashboard(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
