"""One tidy line an event, or one JSON object."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from services.logs import MARK, set_up_logs
from services.settings import LogSettings


@pytest.fixture(autouse=True)
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def said(json_lines: bool = False, level: str = "INFO") -> io.StringIO:
    out = io.StringIO()
    set_up_logs(LogSettings(json_lines=json_lines, level=level), "track", out)
    return out


def test_an_event_is_one_line_with_its_values() -> None:
    out = said()
    structlog.get_logger("x").info(
        "fixes taken", accepted=3, share=0.123456, why="two words", ok=True, none=None, of=["a", "b"], at=Path("/x")
    )
    assert (
        out.getvalue()[9:]
        == """info    fixes taken  accepted=3 share=0.1235 why="two words" ok=yes none=- of=a,b at=/x
"""
    )


def test_the_standard_librarys_loggers_speak_alike() -> None:
    out = said()
    logging.getLogger("sqlalchemy").warning("slow %s", "query")
    assert out.getvalue()[9:] == "warning slow query\n"


def test_for_machines_each_line_is_an_object_with_its_service() -> None:
    out = said(json_lines=True)
    structlog.get_logger("x").error("lost", topic="gps.fixes")
    event = json.loads(out.getvalue())
    assert (event["event"], event["level"], event["service"], event["topic"]) == ("lost", "error", "track", "gps.fixes")
    assert event["timestamp"].endswith("Z")


def test_a_fault_is_followed_by_its_traceback() -> None:
    out = said()
    try:
        raise KeyError("x")
    except KeyError:
        structlog.get_logger("x").exception("ended by a fault")
    first, second, *_ = out.getvalue().splitlines()
    assert first.endswith("error   ended by a fault: KeyError: 'x'")
    assert second.startswith("Traceback")


def test_a_thread_speaks_in_the_name_of_its_service_and_its_traceback_is_for_the_file() -> None:
    out = io.StringIO()
    set_up_logs(LogSettings(), "city", out, marked=True)
    with structlog.contextvars.bound_contextvars(service="track"):
        try:
            raise KeyError("x")
        except KeyError:
            structlog.get_logger("x").exception("ended by a fault")
    first, *trace = out.getvalue().splitlines()
    assert first.startswith(f"track{MARK}")
    assert trace
    assert all(line.startswith(f"track{MARK}{MARK}") for line in trace)


def test_what_is_below_the_level_is_not_said() -> None:
    out = said(level="warning")
    structlog.get_logger("x").info("nothing")
    assert out.getvalue() == ""


def test_a_client_whose_broker_is_away_says_so_once_in_a_while() -> None:
    out = said()
    for number in range(50):
        logging.getLogger("kafka.net").error("connection %d failed", number)
        logging.getLogger("other").error("heard")
    assert out.getvalue().count("kafka: connection 0 failed") == 1
    assert out.getvalue().count("heard") == 50
    assert len(out.getvalue().splitlines()) == 51


def test_what_a_library_says_of_its_objects_is_said_in_words() -> None:
    out = said()
    logging.getLogger("kafka.net.transport").error("<KafkaTCPTransport [127.0.0.1:9092<-52742]>: socket disconnected")
    logging.getLogger("kafka.net.selector").warning("Task <object at 0x7f> ran for 0.1s")
    (line,) = out.getvalue().splitlines()
    assert line[9:] == "error   kafka: [127.0.0.1:9092 from 52742]: socket disconnected"


def test_a_line_of_no_service_bears_no_mark() -> None:
    out = io.StringIO()
    set_up_logs(LogSettings(), "city", out, marked=True)
    structlog.get_logger("x").info("ready")
    assert MARK not in out.getvalue()
