"""The first run: a one-time code on the console makes the first admin."""

from services.auth.errors import AuthError, SetupRefusedError
from services.auth.passwords import hash_password
from services.auth.roles import Role, parse_name, parse_password, parse_roles
from services.auth.tokens import is_same, new_code, token_hash
from services.clock import WallClock
from services.store.accounts import (
    Account,
    add_account,
    count_accounts,
    delete_setup_code,
    find_account,
    find_setup_code,
    set_setup_code,
)
from services.store.audit import append_audit
from services.store.engine import Store


def setup_code(store: Store, now_ms: int | None = None) -> str | None:
    """Make the code that lets one person make the first admin.

    Each call makes a new code and voids the one before; `hanoi run` prints it.

    Parameters
    ----------
    store : Store
        The database, migrated.
    now_ms : int or None
        Wall time, milliseconds since 1970, UTC; read from the clock where it is not given.

    Returns
    -------
    str or None
        The code, ``None`` once there is an account.
    """
    now_ms = WallClock().now_ms() if now_ms is None else now_ms
    with store.transaction() as session:
        if count_accounts(session):
            return None
        code = new_code()
        set_setup_code(session, token_hash(code), now_ms)
    return code


def is_setup_needed(store: Store) -> bool:
    """Return whether there is no account yet."""
    with store.reading() as session:
        return count_accounts(session) == 0


def make_first_admin(store: Store, *, name: str, password: str, code: str, now_ms: int) -> Account:
    """Make the first admin with the code from the console.

    Parameters
    ----------
    store : Store
        The database.
    name, password : str
        Of the new account.
    code : str
        As printed; blanks and small letters do no harm.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.

    Returns
    -------
    Account
        The account.

    Raises
    ------
    SetupRefusedError
        If the code is wrong or used, or there is an account already.
    AuthError
        If name or password will not do.
    """
    with store.reading() as session:
        _check_code(find_setup_code(session), count_accounts(session), code)
    name = parse_name(name)
    account = Account(
        name=name,
        roles=(Role.ADMIN.value,),
        password_hash=hash_password(parse_password(password, name)),
        created_ms=now_ms,
    )
    with store.transaction() as session:
        _check_code(find_setup_code(session), count_accounts(session), code)
        add_account(session, account)
        delete_setup_code(session)
        append_audit(session, time_ms=now_ms, actor=name, action="account.setup", subject=name, detail="admin")
    return account


def _check_code(expected: str | None, accounts: int, code: str) -> None:
    if accounts:
        raise SetupRefusedError("the first account was made already: log in with it")
    if expected is None or not is_same(expected, token_hash(code.strip().upper())):
        raise SetupRefusedError("the code is wrong: take the newest one that `hanoi run` printed")


def make_account(store: Store, *, name: str, password: str, roles: object, actor: str, now_ms: int) -> Account:
    """Make an account; raises ``AuthError`` when the name is taken or something will not do.

    Parameters
    ----------
    store : Store
        The database.
    name, password : str
        Of the new account.
    roles : object
        A list of role names.
    actor : str
        Who makes it.
    now_ms : int
        Wall time, milliseconds since 1970, UTC.

    Returns
    -------
    Account
        The account.
    """
    name = parse_name(name)
    checked = tuple(role.value for role in parse_roles(roles))
    account = Account(
        name=name, roles=checked, password_hash=hash_password(parse_password(password, name)), created_ms=now_ms
    )
    with store.transaction() as session:
        if find_account(session, name) is not None:
            raise AuthError(f"there is an account {name!r} already")
        add_account(session, account)
        append_audit(session, time_ms=now_ms, actor=actor, action="account.add", subject=name, detail=" ".join(checked))
    return account
