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
from collections.abc import Iterator
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
from tests.services.web.fixture_answers import BOOK, answer, me

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


CUT_AFTER_S = 3.0
FIRST_SEEN: dict[str, float] = {}


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
    BOOK.clear()
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
