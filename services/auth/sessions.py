"""Log-ins: a random token in the person's cookie, its hash in the store."""

import msgspec

from services.auth.errors import LoginRefusedError
from services.auth.limits import LoginLimit
from services.auth.passwords import is_right
from services.auth.tokens import csrf_of, new_token, token_hash
from services.store.accounts import add_session, delete_session, find_account, find_session_account
from services.store.audit import append_audit
from services.store.engine import Store

MAX_TOKEN = 128


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Who is logged in, and the CSRF value of this log-in."""

    name: str
    roles: tuple[str, ...]
    csrf: str


def log_in(
    store: Store, limit: LoginLimit, *, name: str, password: str, address: str, now_ms: int, hours: float
) -> str:
    """Check a password and begin a session.

    Parameters
    ----------
    store : Store
        The database.
    limit : LoginLimit
        Counts failures.
    name, password : str
        As typed.
    address : str
        Where from.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.
    hours : float
        How long the session holds.

    Returns
    -------
    str
        The session's token.

    Raises
    ------
    LoginRefusedError
        If name and password do not fit.
    TooManyAttemptsError
        If too many have failed before; the password is not looked at.
    """
    name = name.strip().lower()
    limit.check(name, address, now_ms)
    with store.reading() as session:
        account = find_account(session, name[:64])
    if not is_right(None if account is None else account.password_hash, password):
        limit.failed(name, address, now_ms)
        with store.transaction() as session:
            append_audit(
                session, time_ms=now_ms, actor="nobody", action="login.refused", subject=name[:64], detail=address
            )
        raise LoginRefusedError
    limit.succeeded(name, address)
    return begin_session(store, name=name, address=address, now_ms=now_ms, hours=hours)


def begin_session(store: Store, *, name: str, address: str, now_ms: int, hours: float) -> str:
    """Begin a session of a person who has proved who they are; returns its token."""
    token = new_token()
    with store.transaction() as session:
        add_session(
            session,
            token_hash=token_hash(token),
            name=name,
            now_ms=now_ms,
            expires_ms=now_ms + round(hours * 3_600_000),
        )
        append_audit(session, time_ms=now_ms, actor=name, action="login", subject=name, detail=address)
    return token


def find_user(store: Store, token: str | None, now_ms: int) -> User | None:
    """Return who a session's token belongs to, ``None`` for nobody."""
    if not token or len(token) > MAX_TOKEN:
        return None
    with store.reading() as session:
        account = find_session_account(session, token_hash(token), now_ms)
    return None if account is None else User(name=account.name, roles=account.roles, csrf=csrf_of(token))


def log_out(store: Store, token: str, name: str, now_ms: int) -> None:
    """End a session."""
    with store.transaction() as session:
        delete_session(session, token_hash(token))
        append_audit(session, time_ms=now_ms, actor=name, action="logout", subject=name)
