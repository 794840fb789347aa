"""Log-in, accounts and the audit."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.api.accounts.responses import (
    AccountIn,
    AccountOut,
    AccountsOut,
    AuditOut,
    AuditsOut,
    LoginIn,
    MeOut,
    SetupIn,
    UserOut,
)
from services.api.state import COOKIE, Anyone, ApiState, Person, State
from services.auth.sessions import User, begin_session, find_user, log_in, log_out
from services.auth.setup import is_setup_needed, make_account, make_first_admin
from services.store.accounts import Account, list_accounts
from services.store.audit import is_intact, list_audit

router = APIRouter(tags=["accounts"])


@router.get("/api/auth/me")
def me(state: State, user: Anyone) -> MeOut:
    """Return who asks."""
    return _me(state, user)


@router.post("/api/auth/setup")
def setup(state: State, request: Request, response: Response, body: SetupIn) -> MeOut:
    """Make the first admin with the code from the console, and log in."""
    now_ms, address = state.wall.now_ms(), _address(request)
    state.limit.check("setup", address, now_ms)
    state.limit.failed("setup", address, now_ms)
    account = make_first_admin(state.store, name=body.name, password=body.password, code=body.code, now_ms=now_ms)
    state.limit.succeeded("setup", address)
    token = begin_session(
        state.store,
        name=account.name,
        address=address,
        now_ms=now_ms,
        hours=state.context.settings.api.session_hours,
    )
    return _welcome(state, response, token)


@router.post("/api/auth/login")
def login(state: State, request: Request, response: Response, body: LoginIn) -> MeOut:
    """Log in."""
    token = log_in(
        state.store,
        state.limit,
        name=body.name,
        password=body.password,
        address=_address(request),
        now_ms=state.wall.now_ms(),
        hours=state.context.settings.api.session_hours,
    )
    return _welcome(state, response, token)


@router.post("/api/auth/logout")
def logout(state: State, request: Request, response: Response, user: Anyone) -> MeOut:
    """Log out; nobody stays nobody."""
    token = request.cookies.get(COOKIE)
    if user is not None and token is not None:
        log_out(state.store, token, user.name, state.wall.now_ms())
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return _me(state, None)


@router.get("/api/users")
def read_users(state: State) -> AccountsOut:
    """Return all accounts."""
    with state.store.reading() as session:
        return AccountsOut(users=[_account(account) for account in list_accounts(session)])


@router.post("/api/users", status_code=HTTPStatus.CREATED)
def add_user(state: State, person: Person, body: AccountIn) -> AccountOut:
    """Make an account."""
    account = make_account(
        state.store,
        name=body.name,
        password=body.password,
        roles=body.roles,
        actor=person.name,
        now_ms=state.wall.now_ms(),
    )
    return _account(account)


@router.get("/api/audit")
def read_audit(state: State, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> AuditsOut:
    """Return the newest acts, and whether the chain of hashes holds."""
    with state.store.reading() as session:
        entries = [AuditOut.model_validate(entry) for entry in list_audit(session, limit)]
        return AuditsOut(entries=entries, intact=is_intact(session))


def _account(account: Account) -> AccountOut:
    return AccountOut(name=account.name, roles=list(account.roles), created_ms=account.created_ms)


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else "unknown"


def _me(state: ApiState, user: User | None) -> MeOut:
    return MeOut(
        user=None if user is None else UserOut(name=user.name, roles=list(user.roles)),
        csrf="" if user is None else user.csrf,
        setup_needed=is_setup_needed(state.store),
    )


def _welcome(state: ApiState, response: Response, token: str) -> MeOut:
    settings = state.context.settings.api
    response.set_cookie(
        COOKIE,
        token,
        max_age=round(settings.session_hours * 3600),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
    return _me(state, find_user(state.store, token, state.wall.now_ms()))
