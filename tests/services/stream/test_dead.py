"""`hanoi stream …` shows what lies in the log and puts dead letters back."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli import main
from services.stream.base import Outgoing
from services.stream.dead_letter import make_dead_letter
from services.stream.embedded import EmbeddedStream

NOW_MS = 1_795_305_600_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log with two records of gps.fixes that nobody could read."""
    monkeypatch.setenv("STREAM_URL", f"sqlite:///{tmp_path}")
    with EmbeddedStream(tmp_path) as stream:
        producer = stream.producer()
        producer.send([Outgoing("gps.fixes", b"v1", value, headers=(("door", b"csv"),)) for value in (b"one", b"\xff")])
        records = stream.tail(["gps.fixes"], since_ms=0).poll(10, 0.0)
        producer.send([make_dead_letter(r, f"reason {r.offset}", service="track", now_ms=NOW_MS) for r in records])
    return tmp_path


def hanoi(*words: str) -> Result:
    return CliRunner().invoke(main, ["stream", *words])


def test_topics_are_listed_with_what_lies_in_them(folder: Path) -> None:
    done = hanoi("topics")
    assert done.exit_code == 0, done.output
    (line,) = [line.split() for line in done.output.splitlines() if line.startswith("gps.fixes")]
    assert line[1:4] == ["4", "2", "2"]


def test_dead_letters_are_listed(folder: Path) -> None:
    done = hanoi("dead", "list", "gps.fixes")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["gps.fixes.dead/0:0", "gps.fixes.dead/0:1"]
    assert "track\treason 0" in done.output
    assert "2 dead letters" in done.stderr
    assert len(hanoi("dead", "list", "--limit", "1").stdout.splitlines()) == 1


def test_a_dead_letter_is_shown_with_its_origin(folder: Path) -> None:
    shown = hanoi("dead", "show", "gps.fixes.dead/0:1").output
    assert "reason 1" in shown
    assert "origin   gps.fixes/" in shown
    assert shown.endswith("1 bytes\n\\xff\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gps.fixes.dead/0:7", "no such dead letter"),
        ("gps.fixes/0:0", "names no dead letter"),
        ("nonsense", "names no dead letter"),
        ("other.dead/0:0", "no topic 'other.dead'"),
    ],
)
def test_a_dead_letter_that_is_absent_is_refused(folder: Path, name: str, said: str) -> None:
    done = hanoi("dead", "show", name)
    assert done.exit_code == 1
    assert said in done.output


def test_dead_letters_are_put_back_where_they_came_from(folder: Path) -> None:
    assert hanoi("dead", "replay", "gps.fixes.dead/0:0").output == "1 put back\n"
    assert hanoi("dead", "replay", "--all", "gps.fixes").output == "2 put back\n"
    assert hanoi("dead", "replay").exit_code == 2
    with EmbeddedStream(folder) as stream:
        records = stream.tail(["gps.fixes"], since_ms=0).poll(10, 0.0)
    assert [record.value for record in records] == [b"one", b"\xff", b"one", b"one", b"\xff"]
    assert {record.headers for record in records} == {(("door", b"csv"),)}


def test_an_unknown_topic_is_refused(folder: Path) -> None:
    assert "no topic 'nope'" in hanoi("dead", "list", "nope").output
