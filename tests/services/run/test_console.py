"""One tidy console of many processes."""

import io
import json
from pathlib import Path

import pytest

from services.logs import MARK
from services.run import console as console_module
from services.run.console import Console


def test_each_line_has_its_service_in_front_and_lies_in_the_services_file(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(tmp_path, out)
    console.line("track", "12:00:00 info    ready")
    console.line("ingest", "12:00:01 info    doors open")
    console.close()
    assert out.getvalue() == "track    │ 12:00:00 info    ready\ningest   │ 12:00:01 info    doors open\n"
    assert (tmp_path / "track.log").read_text() == "12:00:00 info    ready\n"


def test_of_a_traceback_the_console_shows_the_last_line_and_the_file_all(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(tmp_path, out)
    lines = [
        "12:00:00 error   ended by a fault",
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in b',
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "a.py", line 2, in b',
        "KeyError: 'x'",
        "12:00:01 info    next",
    ]
    for line in lines:
        console.line("track", line)
    console.close()
    shown = out.getvalue().splitlines()
    assert len(shown) == 3
    assert "KeyError: 'x'" in shown[1]
    assert "track.log" in shown[1]
    assert (tmp_path / "track.log").read_text().splitlines() == lines


def test_a_line_with_a_mark_is_the_service_s_whose_name_stands_before_it(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(tmp_path, out)
    console.line("city", f"track{MARK}12:00:00 error   ended by a fault: KeyError: 'x'")
    console.line("city", f"track{MARK}{MARK}Traceback (most recent call last):")
    console.close()
    assert out.getvalue() == "track    │ 12:00:00 error   ended by a fault: KeyError: 'x'\n"
    assert len((tmp_path / "track.log").read_text().splitlines()) == 2
    assert not (tmp_path / "city.log").exists()


def test_a_dump_of_stacks_lies_in_the_file_alone(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(tmp_path, out)
    console.line("city", "Current thread 0x00007f (most recent call first):")
    console.line("city", '  File "a.py", line 1 in b')
    console.close()
    assert out.getvalue() == ""
    assert len((tmp_path / "city.log").read_text().splitlines()) == 2


def test_what_is_said_again_and_again_is_shown_once_and_lies_in_the_file_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    console = Console(tmp_path, out)
    for second in range(5):
        console.line("api", f"12:00:0{second} error   the outbox waits")
    monkeypatch.setattr(console_module, "REPEATS_S", 0.0)
    console.line("api", "12:00:30 error   the outbox waits")
    console.line("api", "12:00:31 info    goes on")
    console.close()
    assert out.getvalue().splitlines() == [
        "api      │ 12:00:00 error   the outbox waits",
        "api      │ 12:00:30 error   the outbox waits  (4 more of these)",
        "api      │ 12:00:31 info    goes on",
    ]
    assert len((tmp_path / "api.log").read_text().splitlines()) == 7


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_what_is_wrong_is_coloured_and_still_a_word(tmp_path: Path) -> None:
    out = Terminal()
    console = Console(tmp_path, out)
    console.line("track", "12:00:00 error   lost")
    console.close()
    assert "\x1b[31merror   lost" in out.getvalue()


def test_files_are_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_module, "FILE_BYTES", 1000)
    console = Console(tmp_path, io.StringIO())
    for number in range(200):
        console.line("track", f"line {number:>90}")
    console.close()
    assert len(list(tmp_path.glob("track.log*"))) == 4
    assert all(path.stat().st_size <= 1000 for path in tmp_path.glob("track.log*"))


def test_lines_for_machines_are_left_as_they_are(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(tmp_path, out, as_json=True)
    console.line("track", '{"event": "ready"}')
    console.say("run", "stopping")
    console.close()
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["ready", "stopping"]


class ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_console_whose_reader_left_goes_on_writing_files(tmp_path: Path) -> None:
    console = Console(tmp_path, ClosedPipe())
    console.line("track", "one")
    console.line("track", "two")
    console.close()
    assert (tmp_path / "track.log").read_text() == "one\ntwo\n"


def test_a_full_disk_costs_the_files_lines_and_not_the_consoles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    console = Console(tmp_path / "logs", out)
    (tmp_path / "logs" / "track.log").symlink_to("/dev/full")
    console.line("track", "12:00:00 info    all is well")
    console.close()
    assert "all is well" in out.getvalue()
    assert capsys.readouterr().err == ""
