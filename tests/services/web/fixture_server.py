"""A small server for tests of the pages: the built pages and canned answers; never part of the product.

The cookie ``fixture`` chooses what is served: ``full``, ``empty``, ``error`` (every answer of the API fails)
or ``stale-NAME`` (a played day of an ended calendar whose line is cut a moment after NAME was first seen). The
cookie ``account`` set to ``none`` has nobody logged in.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from services.api.vehicles.frames import Board
from tests.services.web import fixture_media as media
from tests.services.web import fixtures as fx
from tests.services.web import fixtures_desk as desk
from tests.services.web import fixtures_lines as fxl
from tests.services.web import fixtures_roads as roads

DIST = Path(__file__).parents[3] / "services" / "web" / "dist"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

build_map = cache(media.build_map)
build_clip = cache(media.build_clip)
build_picture = cache(media.build_picture)


class Book:
    """What people did in this run: states of incidents and cases."""

    def __init__(self) -> None:
        self.incidents: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        self.originals: dict[str, str] = {}
        self.floods: dict[str, dict[str, Any]] = {}
        self.forgotten: set[str] = set()
        self.reports: list[dict[str, Any]] = []

    def set_flood(self, body: dict[str, Any]) -> dict[str, Any]:
        """Set water where there is none, or say anew how deep the one there is."""
        at = (body["lon"], body["lat"])
        known = next((i for i, one in self.flood_rows().items() if (one["lon"], one["lat"]) == at), None)
        name = known or f"flood-{len(self.floods) + 1}"
        self.floods[name] = roads.flood(name, body["depth"], *at)
        return self.floods[name]

    def flood_rows(self) -> dict[str, dict[str, Any]]:
        """Return where water stands: one spot of the fixtures, and what was set."""
        first = roads.flood("flood-0", "knee", fx.CENTRE[0] + 0.004, fx.CENTRE[1] - 0.004)
        return {"flood-0": first, **self.floods}

    def incident_rows(self) -> list[dict[str, Any]]:
        """Return the incidents with what was done to them."""
        rows = desk.incidents()
        for index, row in enumerate(rows):
            done = self.incidents.get(row["incident_id"])
            if done:
                rows[index] = {**desk.incident(index, done, row["title"]["vi"].split(", ")[1], row["probability"])}
                rows[index]["actions"] = [*rows[index]["actions"], "undo"]
        held = self.flood_rows().values()
        gone = {name for name, state in self.incidents.items() if state == "cleared"}
        return rows + [
            roads.flood(one["incident_id"], one["flood"], one["lon"], one["lat"], "cleared")
            if one["incident_id"] in gone
            else one
            for one in held
        ]

    def case(self, number: int) -> dict[str, Any]:
        """Return a case with what was decided."""
        body = desk.case_detail(number)
        status = self.cases.get(body["case_id"])
        if body["case_id"] in self.originals:
            body["original_until_ms"] = fx.now_ms() + 15 * 60_000
        if status:
            body["status"] = status
            verdict = "approve" if status == "approved" else "reject"
            body["decision"] = {
                "verdict": verdict,
                "reason_code": None,
                "text": "",
                "actor": "fixture",
                "time_ms": fx.now_ms(),
            }
        return body


BOOK = Book()
CUT_AFTER_S = 3.0
FIRST_SEEN: dict[str, float] = {}


def answer(method: str, path: str, query: dict[str, list[str]], state: str, body: dict[str, Any]) -> Any:
    """Return the JSON body of one request, or an HTTP status when there is none."""
    empty = state == "empty"
    fixed: dict[str, Callable[[], Any]] = {
        "/api/city": lambda: fx.city(state),
        "/api/auth/login": lambda: me("") if body.get("password") == "right" else 401,
        "/api/auth/logout": lambda: me("none"),
        "/api/search": lambda: search(query.get("q", [""])[0], empty),
        "/api/stops/near": lambda: {"stops": [] if empty else [fx.stop_hit(i, 80.0 + 140 * i) for i in range(4)]},
        "/api/routes": lambda: {"routes": [] if empty else [fx.route_hit(i) for i in range(len(fx.LINES))]},
        "/api/shapes": lambda: {"version": "fixture", "shapes": []},
        "/api/vehicles": lambda: {"now_ms": fx.now_ms(), "vehicles": [] if empty else fx.vehicles()},
        "/api/edges": lambda: roads.edges(query.get("at", [""])[0], empty=empty),
        "/api/edges/past": lambda: roads.past(query["time_ms"][0], empty=empty),
        "/api/bottlenecks": lambda: roads.bottlenecks(query.get("at", [""])[0], empty=empty),
        "/api/rain": lambda: roads.rain(empty=empty),
        "/api/reports": lambda: take_report(body),
        "/api/floods": lambda: BOOK.set_flood(body),
        "/api/disruptions": lambda: (
            {"now_ms": fx.now_ms(), "alerts": [], "incidents": []} if empty else fx.disruptions()
        ),
        "/api/control/overview": lambda: overview(empty),
        "/api/feeds": lambda: {"feeds": [] if empty else desk.feeds()},
        "/api/alerts": lambda: {"alerts": [] if empty else fxl.alerts()},
        "/api/control/accuracy": lambda: fxl.accuracy(empty=empty),
        "/api/control/lines": lambda: fxl.lines(empty=empty),
        "/api/open-feeds": lambda: fxl.open_feeds(empty=empty),
        "/api/incidents": lambda: {"incidents": [] if empty else BOOK.incident_rows()},
        "/api/incidents/learnt": lambda: roads.learnt(BOOK.forgotten, empty=empty),
        "/api/cameras": lambda: {"cameras": [] if empty else desk.cameras()},
        "/api/cases": lambda: cases(query.get("status", ["open"])[0], empty),
        "/api/cases/reasons": lambda: {"reasons": desk.REASONS},
    }
    if path in fixed:
        return fixed[path]()
    return answer_one(path, state, body)


def answer_one(path: str, state: str, body: dict[str, Any]) -> Any:
    """Return the body of a request about one thing."""
    patterns: list[tuple[str, Callable[..., Any]]] = [
        (r"/api/stops/([^/]+)/arrivals", lambda _: fx.arrivals(state)),
        (r"/api/routes/([^/]+)", lambda _: fx.route(state)),
        (r"/api/vehicles/([^/]+)", fx.vehicle_detail),
        (r"/api/control/lines/([^/]+)", lambda _: fxl.line(empty=state == "empty")),
        (r"/api/edges/(\d+)/history", lambda index: roads.edge_chart(int(index))),
        (r"/api/edges/(\d+)", lambda index: roads.edge_detail(int(index))),
        (r"/api/incidents/([^/]+)/([a-z]+)", act),
        (r"/api/incidents/([^/]+)/lesson/([a-z]+)", teach),
        (r"/api/cases/K(\d+)", lambda number: BOOK.case(int(number))),
        (r"/api/cases/K(\d+)/verify", lambda _: {"ok": True, "text": fx.text("Nguyên vẹn", "Intact"), "problems": []}),
        (r"/api/cases/K(\d+)/decision", lambda number: decide(number, body)),
        (r"/api/cases/K(\d+)/undo", undo_case),
        (r"/api/cases/K(\d+)/original", lambda number: show_original(number, body)),
    ]
    for pattern, handle in patterns:
        if match := re.fullmatch(pattern, path):
            return handle(*match.groups())
    return 404


def me(account: str) -> dict[str, Any]:
    """Return the account: one that may do everything, or nobody's."""
    roles = ["operator", "reviewer", "admin"]
    return {
        "user": None if account == "none" else {"name": "fixture", "roles": roles},
        "csrf": "fixture",
        "setup_needed": False,
    }


def search(q: str, empty: bool) -> dict[str, Any]:
    """Return hits, none for a search that begins with x."""
    if empty or q.startswith("x"):
        return {"stops": [], "routes": []}
    streets = [{"name": "Tây Sơn", "edge_index": 3, "lon": fx.CENTRE[0], "lat": fx.CENTRE[1]}]
    return {
        "stops": [fx.stop_hit(i) for i in range(5)],
        "routes": [fx.route_hit(i) for i in range(2)],
        "streets": streets,
    }


def overview(empty: bool) -> dict[str, Any]:
    """Return the six numbers, unknown in an empty city."""
    numbers = desk.overview()
    if not empty:
        return numbers
    zero = dict.fromkeys((name for name, value in numbers.items() if name != "now_ms" and value is not None), 0)
    return {**numbers, **zero, "on_time_share": None, "travel_time_index": None}


def cases(status: str, empty: bool) -> dict[str, Any]:
    """Return the queue without decided cases, or the decided ones."""
    if empty:
        return {"cases": [], "counts": {}, "oldest_ms": None}
    body = desk.cases()
    rows = [{**row, "status": BOOK.cases.get(row["case_id"], "open")} for row in body["cases"]]
    return {**body, "cases": [row for row in rows if row["status"] == status]}


def act(incident_id: str, action: str) -> Any:
    """Do an action on an incident and return it."""
    to = {"verify": "verified", "dismiss": "dismissed", "respond": "responding", "clear": "cleared", "close": "closed"}
    if action == "undo":
        BOOK.incidents.pop(incident_id, None)
    else:
        BOOK.incidents[incident_id] = to[action]
    return next(row for row in BOOK.incident_rows() if row["incident_id"] == incident_id)


def take_report(body: dict[str, Any]) -> Any:
    """Take a report; one far in the south lies beside no road."""
    if body["lat"] < fx.CENTRE[1] - 1:
        return 404
    BOOK.reports.append(body)
    return {"report_id": "r1", "who": "rider"}


def teach(incident_id: str, action: str) -> Any:
    """Take a lesson back or give it again."""
    (BOOK.forgotten.add if action == "forget" else BOOK.forgotten.discard)(incident_id)
    return BOOK.incident_rows()[0]


def decide(number: str, body: dict[str, Any]) -> Any:
    """Write a decision; a rejection needs a reason."""
    if body.get("verdict") == "reject" and not body.get("reason_code"):
        return 422
    BOOK.cases[f"K{number}"] = "approved" if body.get("verdict") == "approve" else "rejected"
    return BOOK.case(int(number))


def show_original(number: str, body: dict[str, Any]) -> Any:
    """Write down why somebody looks at the original."""
    if len(body.get("reason", "")) < 3:
        return 422
    BOOK.originals[f"K{number}"] = body["reason"]
    return BOOK.case(int(number))


def undo_case(number: str) -> Any:
    """Take a decision back."""
    BOOK.cases.pop(f"K{number}", None)
    return BOOK.case(int(number))


class Handler(BaseHTTPRequestHandler):
    """Pages, answers, events, map and clip."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def state(self) -> str:
        """Return the state the browser's cookie asks for."""
        value = self.cookie("fixture") or "full"
        if not value.startswith("stale"):
            return value
        first = FIRST_SEEN.setdefault(value, time.monotonic())
        return "stale" if time.monotonic() - first < CUT_AFTER_S else "error"

    def cookie(self, name: str) -> str:
        """Return a cookie's value, empty where there is none."""
        found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return found.value if found else ""

    def do_GET(self) -> None:
        """Answer a reading request."""
        url = urlsplit(self.path)
        path = unquote(url.path)
        if path == "/api/live":
            self.events(parse_qs(url.query))
        elif path.startswith("/api/cases/") and "/files/" in path:
            self.file(path)
        elif path.startswith("/api/"):
            self.json_answer("GET", path, parse_qs(url.query), {})
        elif path == "/map/city.pmtiles":
            self.ranged(build_map(), "application/octet-stream")
        else:
            self.page(path)

    def do_POST(self) -> None:
        """Answer a writing request; the header against forgery must be there."""
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"{}")
        path = unquote(urlsplit(self.path).path)
        self.json_answer("POST", path, {}, body)

    def json_answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> None:
        """Send an answer as JSON or as problem details."""
        state = self.state()
        alive = path in {"/api/city", "/api/auth/me"}
        if path == "/api/auth/me":
            result: Any = me(self.cookie("account"))
        else:
            result = 503 if state == "error" and not alive else answer(method, path, query, state, body)
        if isinstance(result, int):
            problem = {"title": "fixture", "status": result, "detail": "fixture"}
            self.send(result, "application/problem+json", json.dumps(problem).encode())
        else:
            self.send(200, "application/json", json.dumps(result).encode())

    def send(self, status: int, media_type: str, data: bytes, **headers: str) -> None:
        """Send one whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def ranged(self, data: bytes, media_type: str) -> None:
        """Send a byte range, or the whole."""
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not match:
            self.send(200, media_type, data, Accept_Ranges="bytes")
            return
        start = int(match[1])
        end = min(int(match[2] or len(data) - 1), len(data) - 1)
        span = f"bytes {start}-{end}/{len(data)}"
        self.send(206, media_type, data[start : end + 1], Accept_Ranges="bytes", Content_Range=span)

    def file(self, path: str) -> None:
        """Send a file of a case."""
        if path.endswith(".mp4"):
            self.ranged(build_clip(), "video/mp4")
        else:
            self.send(200, "image/jpeg", build_picture())

    def page(self, path: str) -> None:
        """Send a built file, or the shell for any other address."""
        target = (DIST / path.lstrip("/")).resolve()
        if not target.is_file() or DIST not in target.parents:
            target = DIST / "index.html"
        self.send(200, TYPES.get(target.suffix, "application/octet-stream"), target.read_bytes())

    def events(self, query: dict[str, list[str]]) -> None:
        """Send what moves until the browser goes away."""
        state = self.state()
        if state == "error":
            self.send(503, "text/plain", b"fixture")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        topics = query.get("topics", [""])[0].split(",")
        board = fx.board()
        board.source_number("ufms")
        try:
            if "vehicles" in topics and state != "full":
                self.event("vehicles", board.whole(fx.now_ms()))
            self.moving(topics, query, state, board, first=True)
            while not self.server.stopping.wait(1.0) and self.state() != "error":  # type: ignore[attr-defined]
                self.moving(topics, query, state, board, first=False)
                self.event("clock", fx.city(state)["clock"])
        except (BrokenPipeError, ConnectionResetError):
            return

    def moving(self, topics: list[str], query: dict[str, list[str]], state: str, board: Board, *, first: bool) -> None:
        """Send the buses: as frames of all, or those of a line or of some ids in full."""
        if state == "empty":
            return
        if "vehicles" in topics and state == "full":
            frame = board.change(fx.rows(fx.vehicles()), fx.now_ms())
            if frame is not None:
                self.event("vehicles", board.whole(fx.now_ms()) if first else frame)
        if "buses" in topics:
            ids, route = query.get("vehicle_ids", [""])[0].split(","), query.get("route_id", [""])[0]
            some = [bus for bus in fx.vehicles(96) if bus["vehicle_id"] in ids or bus["route_id"] == route]
            self.event("buses", {"now_ms": fx.now_ms(), "vehicles": some})

    def event(self, name: str, body: Any) -> None:
        """Send one event."""
        self.wfile.write(f"event: {name}\ndata: {json.dumps(body)}\n\n".encode())
        self.wfile.flush()


@contextmanager
def serve(port: int = 0) -> Iterator[str]:
    """Serve on a free port of this machine while the block runs; gives the address."""
    BOOK.__init__()  # type: ignore[misc]
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.stopping = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stopping.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8090) as address:
        print(f"fixtures on {address}")
        while True:
            time.sleep(3600)
