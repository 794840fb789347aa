from pathlib import Path

import pytest
from click.testing import CliRunner

from services.auth.command import add
from services.store.accounts import list_accounts
from services.store.engine import open_store


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path}/store.sqlite"
    monkeypatch.setenv("DATABASE_URL", address)
    return address


def test_an_account_is_added_with_its_roles(url: str) -> None:
    done = CliRunner().invoke(
        add, ["Minh", "--role", "reviewer", "--role", "operator", "--password-stdin"], input="a long password\n"
    )
    assert (done.exit_code, done.output) == (0, "minh: operator, reviewer\n")
    with open_store(url) as store, store.reading() as session:
        assert [account.name for account in list_accounts(session)] == ["minh"]


def test_a_bad_password_is_refused_with_a_sentence(url: str) -> None:
    done = CliRunner().invoke(add, ["minh", "--role", "admin", "--password-stdin"], input="short\n")
    assert done.exit_code == 1
    assert "10 to 256" in done.output
