"""The log, the store and the ports: reachable, of the right version, free."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from services.doctor.finding import Finding, found, ok
from services.run.announce import takes_connections
from services.run.ports import find_free_port, find_holder
from services.run.reach import brokers
from services.run.status import find_status
from services.settings import Settings

ANSWER_S = 15.0
T = TypeVar("T")


def look_at_parts(settings: Settings) -> list[Finding]:
    """Look at the log, the store and the ports of a city."""
    return [_log(settings.place.stream_url), _store(settings.place.database_url), *_ports(settings)]


def within(ask: Callable[[], T], limit_s: float = ANSWER_S) -> T:
    """Return what something answers; ``TimeoutError`` if it does not in time."""
    answers: list[T] = []
    faults: list[BaseException] = []

    def answer() -> None:
        try:
            answers.append(ask())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asked
            faults.append(error)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    thread.join(limit_s)
    if faults:
        raise faults[0]
    if not answers:
        raise TimeoutError(f"no answer within {limit_s:.0f} s")
    return answers[0]


def _log(url: str) -> Finding:
    from services.stream import open_stream

    shown = url.rpartition("@")[2]
    if url.startswith("kafka:"):
        silent = [broker for broker in brokers(url) if not takes_connections(broker)]
        if len(silent) == len(brokers(url)):
            text = (f"không kết nối được {shown}", f"{shown} takes no connections")
            return found("log", "missing", text, ("make kafka, hoặc sửa STREAM_URL", "make kafka, or mend STREAM_URL"))
    elif not Path(url.removeprefix("sqlite:///")).exists():
        return ok("log", f"{shown}: được tạo ở lần chạy đầu", f"{shown}: made at the first run")
    try:
        with contextlib.closing(open_stream(url)) as stream:
            groups = within(lambda: len(stream.groups()))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the log is the finding
        text = (f"{shown}: {_short(error)}", f"{shown}: {_short(error)}")
        return found(
            "log", "missing", text, ("sửa STREAM_URL; hanoi stream topics", "mend STREAM_URL; hanoi stream topics")
        )
    return ok("log", f"{shown}: trả lời, {groups} nhóm đọc", f"{shown}: answers, {groups} groups read it")


def _store(url: str) -> Finding:
    shown = url.rpartition("@")[2]
    kind = url.partition(":")[0].partition("+")[0]
    if kind == "sqlite" and not Path(url.removeprefix("sqlite:///")).exists():
        return ok("store", f"{shown}: được tạo ở lần chạy đầu", f"{shown}: made at the first run")
    if kind == "postgresql" and not any(map(takes_connections, brokers(url))):
        text = (f"không kết nối được {shown}", f"{shown} takes no connections")
        return found(
            "store", "missing", text, ("make postgis, hoặc sửa DATABASE_URL", "make postgis, or mend DATABASE_URL")
        )
    from services.store.engine import newest_revision, open_store

    try:
        with open_store(url) as store:
            revision = within(store.find_revision)
        newest = newest_revision()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the store is the finding
        return found("store", "missing", (f"{shown}: {_short(error)}",) * 2, ("sửa DATABASE_URL", "mend DATABASE_URL"))
    if revision == newest:
        return ok("store", f"{shown}: phiên bản {revision}", f"{shown}: schema {revision}")
    text = (f"{shown}: phiên bản {revision}, cần {newest}", f"{shown}: schema {revision}, this program has {newest}")
    return found("store", "note", text, ("hanoi store migrate, hoặc hanoi run", "hanoi store migrate, or hanoi run"))


def _short(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _ports(settings: Settings) -> list[Finding]:
    running = find_status(settings.run.var_dir / "run")
    if running is not None:
        text = f"process {running.pid}, {', '.join(running.urls.values())}"
        return [ok("ports", f"thành phố đang chạy: {text}", f"the city runs: {text}")]
    wanted = {"HANOI_API_PORT": settings.api.port, "HANOI_INGEST_PORT": settings.ingest.port}
    return [_port(name, port) for name, port in wanted.items()]


def _port(name: str, port: int) -> Finding:
    if not takes_connections(f"http://127.0.0.1:{port}"):
        return ok(f"port {port}", "trống", "free")
    holder = find_holder(port)
    who = f"{holder[1]} ({holder[0]})" if holder else "?"
    mend = f"{name}={find_free_port(port)}"
    return found(f"port {port}", "missing", (f"bị chiếm bởi {who}", f"taken by {who}"), (mend, mend))
