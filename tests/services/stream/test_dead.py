"""`hanoi stream …` shows what lies in the log and puts dead letters back."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schemas.fix import Fix
from schemas.message import decode, encode
from schemas.stream_order import StreamOrder
from services.cli import main
from services.stream.base import Outgoing, Partition, Record
from services.stream.dead import parse_time, read_dead_letters
from services.stream.dead_letter import make_dead_letter, revive
from services.stream.embedded import EmbeddedStream
from services.stream.poison import Stop, write_stop

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
    assert hanoi("dead", "replay", "--unreadable", "gps.fixes.dead/0:0").output == "1 put back\n"
    assert hanoi("dead", "replay", "--unreadable", "--all", "gps.fixes", "--dry-run").output == "1 would be put back\n"
    assert hanoi("dead", "replay", "--unreadable", "--all", "gps.fixes").output == "1 put back\n"
    assert hanoi("dead", "replay").exit_code == 2
    assert values_of(folder) == [b"one", b"\xff", b"one", b"\xff"]
    with EmbeddedStream(folder) as stream:
        records = stream.tail(["gps.fixes"], since_ms=0).poll(10, 0.0)
    assert [record.headers for record in records[2:]] == [
        (("door", b"csv"), ("dead_letter", b"gps.fixes.dead/0:0")),
        (("door", b"csv"), ("dead_letter", b"gps.fixes.dead/0:1")),
    ]


def values_of(folder: Path) -> list[bytes]:
    with EmbeddedStream(folder) as stream:
        return [record.value for record in stream.tail(["gps.fixes"], since_ms=0).poll(10, 0.0)]


def test_what_was_put_back_is_not_put_back_again_unless_that_is_asked_for(folder: Path) -> None:
    for _ in range(2):
        hanoi("dead", "replay", "--unreadable", "--all", "gps.fixes")
    assert len(values_of(folder)) == 4
    assert hanoi("dead", "replay", "--unreadable", "gps.fixes.dead/0:0").output == "0 put back, 1 were before\n"
    listed = hanoi("dead", "list", "gps.fixes")
    assert listed.stdout.count("put back") == 2
    assert "2 dead letters" in listed.stderr
    assert "put back yes" in hanoi("dead", "show", "gps.fixes.dead/0:1").output
    assert (
        hanoi("dead", "replay", "--unreadable", "--all", "gps.fixes", "--again", "--limit", "1").output
        == "1 put back\n"
    )
    assert len(values_of(folder)) == 5


def test_what_still_cannot_be_read_stays_where_it_is(folder: Path) -> None:
    done = hanoi("dead", "replay", "--all", "gps.fixes")
    assert done.output.startswith("0 put back\n2 left where they are: they still cannot be read")
    assert len(values_of(folder)) == 2
    good = encode(Fix(vehicle_id="v", time_ms=NOW_MS, lon=105.8, lat=21.0, source="csv", received_ms=NOW_MS))
    with EmbeddedStream(folder) as stream:
        record = Record("gps.fixes", 0, 7, b"v", good, NOW_MS)
        stream.producer().send([make_dead_letter(record, "an old reader", service="track", now_ms=NOW_MS)])
    assert hanoi("dead", "replay", "--all", "gps.fixes").output.startswith("1 put back\n2 left")
    assert values_of(folder)[-1] == good


def test_a_replay_that_dies_before_its_mark_puts_back_again_and_loses_nothing(folder: Path) -> None:
    with EmbeddedStream(folder) as stream:
        stream.producer().send([revive(letter) for letter in read_dead_letters(stream, ["gps.fixes"])])
    assert hanoi("dead", "replay", "--unreadable", "--all", "gps.fixes").output == "2 put back\n"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--reason", "REASON 1"), 1),
        (("--reason", "speed of light"), 0),
        (("--service", "track"), 2),
        (("--service", "archive"), 0),
        (("--since", "2026-11-01T00:00"), 2),
        (("--until", "2026-11-01T00:00"), 0),
        (("--since", "2026-11-22T07:00:00+07:00", "--until", "2026-11-22T07:00:01+07:00"), 2),
    ],
)
def test_dead_letters_are_chosen_by_reason_service_and_time(folder: Path, words: tuple[str, ...], count: int) -> None:
    assert len(hanoi("dead", "list", "gps.fixes", *words).stdout.splitlines()) == count
    assert (
        hanoi("dead", "replay", "--unreadable", "--all", "gps.fixes", "--dry-run", *words).output
        == f"{count} would be put back\n"
    )


def test_a_time_that_is_none_is_refused(folder: Path) -> None:
    assert "neither like 2h nor" in hanoi("dead", "list", "--since", "yesterday").output
    assert parse_time("2h", NOW_MS) == NOW_MS - 7_200_000


def test_groups_are_shown_with_what_lies_ahead_and_a_stop_with_its_reason(folder: Path) -> None:
    with EmbeddedStream(folder) as stream:
        consumer = stream.consumer("track", ["gps.fixes"])
        records = consumer.poll(10, 0.0)
        place = Partition("gps.fixes", records[0].partition)
        assert "has not stopped" in hanoi("resume", "track", f"gps.fixes/{place.partition}").output
        consumer.commit({place: 1}, {place: write_stop(Stop("4 messages in a row could not be read", NOW_MS))})
        line = hanoi("groups", "track").output
        assert f"gps.fixes/{place.partition}" in line
        assert "1 ahead  STOPPED: 4 messages in a row" in line
        assert "at most 2" in hanoi("resume", "track", f"gps.fixes/{place.partition}", "--until", "9").output
        assert "is no TOPIC/PARTITION" in hanoi("resume", "track", "gps.fixes/x").output
        done = hanoi("resume", "track", f"gps.fixes/{place.partition}")
        assert "unreadable before 2 is set aside" in done.output
        (order,) = stream.tail(["stream.orders"], since_ms=0).poll(10, 0.0)
        assert decode(StreamOrder, order.value).until_offset == 2
    assert "no group 'nobody'" in hanoi("groups", "nobody").output


def test_an_unknown_topic_is_refused(folder: Path) -> None:
    assert "no topic 'nope'" in hanoi("dead", "list", "nope").output
