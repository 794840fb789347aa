"""`hanoi token …` and `hanoi source …` as people use them."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from services.cli import main
from services.ingest.fetch.sources import read_sources_file
from services.ingest.source_command import HEAD, with_entry
from services.ingest.tokens import TokenBook
from tests.services.ingest.fetch.feed_server import FeedServer, answer, feed
from tests.services.ingest.house import SECOND


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANOI_INGEST_TOKENS_FILE", str(tmp_path / "tokens.json"))
    monkeypatch.setenv("HANOI_INGEST_SOURCES_FILE", str(tmp_path / "sources.yaml"))
    monkeypatch.setenv("HANOI_INGEST_PORT", "9")


def hanoi(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_tokens_are_made_listed_changed_and_revoked(tmp_path: Path) -> None:
    assert "hanoi token add" in hanoi("token", "list").stdout
    token = hanoi("token", "add", "phone-7", "--vehicle", "29B-7", "--note", "Bến xe Mỹ Đình").stdout.strip()
    hanoi("token", "add", "depot", "--rate", "50")
    listed = hanoi("token", "list").stdout
    assert token not in listed
    assert [line.split()[:3] for line in listed.splitlines()] == [
        ["source", "rate", "vehicles"],
        ["depot", "50/s", "any"],
        ["phone-7", "5000/s", "29B-7"],
    ]
    assert "Mỹ Đình" in listed
    changed = hanoi("token", "set", "phone-7", "--vehicle", "29B-8", "--clock-offset", "3600", "--rate", "2")
    assert changed.stdout == "phone-7: 2/s, vehicles 29B-8, +3600 s, Bến xe Mỹ Đình\n"
    found = TokenBook(tmp_path / "tokens.json").find_source(token)
    assert found is not None
    assert (found[1].vehicles, found[1].clock_offset_s) == (("29B-8",), 3600.0)
    assert "any" in hanoi("token", "set", "phone-7", "--any-vehicle", "--default-rate").stdout
    assert hanoi("token", "revoke", "phone-7").stdout == "1 revoked\n"
    assert TokenBook(tmp_path / "tokens.json").find_source(token) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("token", "revoke", "depot", "nobody"), "Nothing was changed"),
        (("token", "set", "nobody", "--rate", "1"), "there are depot"),
        (("token", "set", "depot"), "say what to change"),
        (("token", "add", "", "--rate", "1"), "source name"),
        (("token", "add", "x", "--vehicle", ""), "vehicles"),
        (("token", "add", "x", "--rate", "nan"), "rate_per_s"),
        (("token", "add", "x", "--clock-offset", "inf"), "clock_offset_s"),
        (("token", "set", "depot", "--clock-offset", "nan"), "clock_offset_s"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(words: tuple[str, ...], said: str) -> None:
    hanoi("token", "add", "depot")
    result = hanoi(*words)
    assert result.exit_code != 0
    assert said in result.output
    assert "depot" in hanoi("token", "list").stdout


def test_sources_are_added_checked_tried_and_listed(tmp_path: Path) -> None:
    with FeedServer([answer(feed(SECOND, a=SECOND, b=5))]) as server:
        assert hanoi("source", "add", "partner", server.url, "--every", "20").exit_code == 0
        added = hanoi("source", "add", "depot", "mqtt://127.0.0.1:1883", "--topic", "fleet/#", "--format", "ufms")
        assert added.exit_code == 0, added.output
        assert "partner: gtfs-rt from http" in hanoi("source", "check").stdout
        tried = hanoi("source", "try", "partner").stdout
        assert "1 positions, 0 other messages, 1 refused" in tried
        assert "1 × time_ms" in tried
        assert hanoi("source", "try", server.url).stdout.splitlines()[2] == tried.splitlines()[2]
    failed = hanoi("source", "try", "partner")
    assert failed.exit_code == 1
    assert "no connection" in failed.output
    listed = hanoi("source", "list")
    assert [line.split()[:2] for line in listed.stdout.splitlines()[1:]] == [["partner", "pulled"], ["depot", "MQTT"]]
    assert "is `hanoi run` running" in listed.stderr


def test_a_bad_addition_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    hanoi("source", "add", "partner", "https://example.org/a.pb")
    before = (tmp_path / "sources.yaml").read_text()
    assert "there twice" in hanoi("source", "add", "partner", "https://example.org/b.pb").output
    assert "topics" in hanoi("source", "add", "depot", "mqtt://h").output
    assert "url" in hanoi("source", "add", "x", "ftp://h/").output
    assert (tmp_path / "sources.yaml").read_text() == before


def test_a_password_in_an_address_is_not_shown() -> None:
    hanoi("source", "add", "depot", "mqtt://city:secret@h:1883/", "--topic", "t")
    assert "secret" not in hanoi("source", "check").stdout
    assert "mqtt://h:1883/" in hanoi("source", "check").stdout


def test_comments_stay_when_an_entry_is_added(tmp_path: Path) -> None:
    text = HEAD + "feeds:\n  # our neighbour\n  - name: a\n    url: http://h/a\nbrokers: []\n"
    more = with_entry(text, "feeds", {"name": "b", "url": "http://h/b", "headers": {"K": "v"}})
    assert "# our neighbour" in more
    assert [entry["name"] for entry in yaml.safe_load(more)["feeds"]] == ["b", "a"]
    both = with_entry(more, "brokers", {"name": "c", "url": "mqtt://h", "topics": ["t"]})
    (tmp_path / "s.yaml").write_text(both)
    assert [source.name for source in read_sources_file(tmp_path / "s.yaml")] == ["b", "a", "c"]
