"""Accounts, their sessions, and the code that makes the first admin."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.store.desk_models import AccountRow, SessionRow, SetupRow

SETUP_ID = 1


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person who may log in."""

    name: str
    roles: tuple[str, ...]
    password_hash: str
    created_ms: int


def count_accounts(session: Session) -> int:
    """Return how many accounts there are."""
    return session.scalar(select(func.count()).select_from(AccountRow)) or 0


def find_account(session: Session, name: str) -> Account | None:
    """Return an account by its name, ``None`` where there is none."""
    row = session.get(AccountRow, name)
    return None if row is None else _account(row)


def list_accounts(session: Session) -> Sequence[Account]:
    """Return all accounts by name."""
    return [_account(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name))]


def add_account(session: Session, account: Account) -> None:
    """Add an account; a name that is taken fails when the transaction is flushed."""
    session.add(
        AccountRow(
            name=account.name,
            roles=" ".join(account.roles),
            password_hash=account.password_hash,
            created_ms=account.created_ms,
        )
    )
    session.flush()


def add_session(session: Session, *, token_hash: str, name: str, now_ms: int, expires_ms: int) -> None:
    """Remember a log-in, and forget those that have ended."""
    session.execute(delete(SessionRow).where(SessionRow.expires_ms <= now_ms))
    session.add(SessionRow(token_hash=token_hash, name=name, created_ms=now_ms, expires_ms=expires_ms))
    session.flush()


def find_session_account(session: Session, token_hash: str, now_ms: int) -> Account | None:
    """Return whose log-in a token is, ``None`` where it is unknown or has ended."""
    row = session.scalar(
        select(AccountRow)
        .join(SessionRow, SessionRow.name == AccountRow.name)
        .where(SessionRow.token_hash == token_hash, SessionRow.expires_ms > now_ms)
    )
    return None if row is None else _account(row)


def delete_session(session: Session, token_hash: str) -> None:
    """Forget a log-in."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def set_setup_code(session: Session, code_hash: str, now_ms: int) -> None:
    """Keep the hash of a new setup code; an older code is void."""
    session.merge(SetupRow(id=SETUP_ID, code_hash=code_hash, made_ms=now_ms))
    session.flush()


def find_setup_code(session: Session) -> str | None:
    """Return the hash of the setup code, ``None`` where there is none."""
    row = session.get(SetupRow, SETUP_ID)
    return None if row is None else row.code_hash


def delete_setup_code(session: Session) -> None:
    """Make the setup code void."""
    session.execute(delete(SetupRow))


def _account(row: AccountRow) -> Account:
    return Account(
        name=row.name,
        roles=tuple(row.roles.split()),
        password_hash=row.password_hash,
        created_ms=row.created_ms,
    )
