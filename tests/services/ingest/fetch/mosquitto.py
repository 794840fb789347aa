"""One real Mosquitto for tests and the soak."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.publish as publish

PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


@dataclass
class Mosquitto:
    """One broker process on a free port, its sessions kept on disk."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {self.folder}/\nautosave_interval 1\nuser root\nmax_inflight_messages 0\n"
        )
        self.process = subprocess.Popen([PROGRAM, "-c", str(config)], stderr=subprocess.DEVNULL)
        wait(lambda: socket.create_connection(("127.0.0.1", self.port)).close() is None)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def send(self, *payloads: bytes, qos: int = 1) -> None:
        messages = [{"topic": "fleet/a/position", "payload": payload, "qos": qos} for payload in payloads]
        publish.multiple(messages, hostname="127.0.0.1", port=self.port)


@contextmanager
def open_mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """Run one as long as the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    broker = Mosquitto(folder, port)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def wait(is_so: Callable[[], bool], within_s: float = 20.0) -> None:
    end_s = time.monotonic() + within_s
    while True:
        try:
            if is_so():
                return
        except OSError:
            pass
        assert time.monotonic() < end_s, "it did not come about"
        time.sleep(0.02)
