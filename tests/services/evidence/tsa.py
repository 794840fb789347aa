"""A local time-stamp authority over HTTP, by openssl through the outside judge's script."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.data import judge


@contextmanager
def authority(folder: Path) -> Iterator[str]:
    """Serve an authority whose root is ``folder/ca.pem``; yield its address."""
    script = judge("tsa.sh")
    if not (folder / "ca.pem").exists():
        subprocess.run([script, "init", folder], check=True, capture_output=True)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            with tempfile.TemporaryDirectory() as temporary:
                asked, answer = Path(temporary, "q.tsq"), Path(temporary, "a.tsr")
                asked.write_bytes(query)
                subprocess.run([script, "reply", folder, asked, answer], check=False, capture_output=True)
                body = answer.read_bytes() if answer.exists() else b""
            self.send_response(200 if body else 400)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
    finally:
        server.shutdown()
        server.server_close()
