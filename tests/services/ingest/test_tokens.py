"""Tokens: made once, kept as hashes, taken up by a running door."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.ingest.command import add_token as add_token_command
from services.ingest.tokens import Source, TokenBook, TokenError, add_token, digest, internal_token
from services.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        {"HANOI_INGEST_TOKENS_FILE": str(tmp_path / "tokens.json"), "HANOI_RUN_VAR_DIR": str(tmp_path / "var")}
    )


def test_a_token_opens_for_its_own_source_only(settings: Settings) -> None:
    token = add_token(settings, "depot")
    add_token(settings, "other", player=True)
    book = TokenBook(settings.ingest.tokens_file)
    found = book.find_source(token)
    assert found is not None
    assert (found[0], found[1].player) == ("depot", False)
    assert book.find_source(token[:-1]) is None
    assert book.find_source("") is None


def test_the_file_holds_no_token_and_is_private(settings: Settings) -> None:
    token = add_token(settings, "depot")
    path = settings.ingest.tokens_file
    assert token not in path.read_text()
    assert digest(token) in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_running_door_takes_up_a_new_token_and_forgets_the_old_one(settings: Settings) -> None:
    book = TokenBook(settings.ingest.tokens_file)
    assert book.find_source("x") is None
    old = add_token(settings, "depot")
    assert book.find_source(old) is not None
    new = add_token(settings, "depot")
    assert book.find_source(old) is None
    assert book.find_source(new) is not None


def test_a_plain_hash_is_a_source_without_rights(settings: Settings) -> None:
    settings.ingest.tokens_file.write_text(f'{{"old": "{digest("secret")}"}}')
    assert TokenBook(settings.ingest.tokens_file).find_source("secret") == ("old", Source(sha256=digest("secret")))


def test_a_broken_file_is_named(settings: Settings) -> None:
    settings.ingest.tokens_file.write_text('{"old": "short"}')
    with pytest.raises(TokenError, match=r"tokens\.json"):
        TokenBook(settings.ingest.tokens_file).find_source("x")


def test_an_internal_token_is_made_once_and_kept_private(settings: Settings) -> None:
    token = internal_token(settings, "simulate")
    assert internal_token(settings, "simulate") == token
    path = settings.run.var_dir / "tokens" / "simulate"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TokenBook(settings.ingest.tokens_file).find_source(token) is not None


def test_an_internal_token_is_made_anew_when_its_rights_change_or_it_was_voided(settings: Settings) -> None:
    token = internal_token(settings, "play")
    player = internal_token(settings, "play", player=True)
    assert player != token
    add_token(settings, "play", player=True)
    assert internal_token(settings, "play", player=True) != player


def test_the_command_shows_the_token_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANOI_INGEST_TOKENS_FILE", str(settings.ingest.tokens_file))
    result = CliRunner().invoke(add_token_command, ["depot", "--player", "--rate", "5"])
    assert result.exit_code == 0
    found = TokenBook(settings.ingest.tokens_file).find_source(result.stdout.strip())
    assert found is not None
    assert (found[0], found[1].player, found[1].rate_per_s) == ("depot", True, 5.0)


def test_a_source_without_a_name_is_refused(settings: Settings) -> None:
    with pytest.raises(TokenError, match="source name"):
        add_token(settings, "")
