from pathlib import Path

from services.api.state import COOKIE
from services.auth import setup_code
from services.auth.limits import MAX_PER_NAME
from tests.services.api.parts import Running

PASSWORD = "a long password"


def set_up(api: Running) -> dict:  # type: ignore[type-arg]
    code = setup_code(api.state.store)
    answer = api.client.post("/api/auth/setup", json={"name": "lan", "password": PASSWORD, "code": code})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_the_first_admin_is_made_with_the_code_and_is_logged_in(api: Running) -> None:
    assert api.client.get("/api/auth/me").json() == {"user": None, "csrf": "", "setup_needed": True}
    me = set_up(api)
    assert me["user"] == {"name": "lan", "roles": ["admin"]}
    assert api.client.get("/api/auth/me").json() == me
    assert me["setup_needed"] is False


def test_a_wrong_code_makes_nobody_and_guessing_is_slowed(api: Running) -> None:
    setup_code(api.state.store)
    body = {"name": "lan", "password": PASSWORD, "code": "AAAA-BBBB-CCCC"}
    answers = [api.client.post("/api/auth/setup", json=body).status_code for _ in range(MAX_PER_NAME + 1)]
    assert answers == [403] * MAX_PER_NAME + [429]


def test_the_cookie_is_closed_to_scripts_and_other_sites(api: Running) -> None:
    set_up(api)
    api.client.cookies.clear()
    answer = api.client.post("/api/auth/login", json={"name": "LAN", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.json()["user"]["name"] == "lan"
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/", "max-age=43200"))


def test_a_log_out_ends_the_session_also_for_a_kept_cookie(api: Running) -> None:
    me = set_up(api)
    token = api.client.cookies[COOKIE]
    assert api.client.post("/api/auth/logout").status_code == 403
    answer = api.client.post("/api/auth/logout", headers={"X-CSRF-Token": me["csrf"]})
    assert answer.json()["user"] is None
    api.client.cookies.set(COOKIE, token)
    assert api.client.get("/api/users").status_code == 401


def test_wrong_name_and_wrong_password_sound_the_same_and_are_slowed(api: Running) -> None:
    set_up(api)
    api.client.cookies.clear()
    wrong_name = api.client.post("/api/auth/login", json={"name": "nobody", "password": PASSWORD})
    wrong_password = api.client.post("/api/auth/login", json={"name": "lan", "password": "wrong password"})
    assert (wrong_name.status_code, wrong_name.json()) == (401, wrong_password.json())
    for _ in range(MAX_PER_NAME - 1):
        api.client.post("/api/auth/login", json={"name": "lan", "password": "wrong password"})
    answer = api.client.post("/api/auth/login", json={"name": "lan", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 300


def test_an_admin_makes_accounts_and_sees_the_audit_intact(api: Running) -> None:
    me = set_up(api)
    headers = {"X-CSRF-Token": me["csrf"]}
    body = {"name": "minh", "password": PASSWORD, "roles": ["reviewer"]}
    assert api.client.post("/api/users", json=body, headers=headers).status_code == 201
    assert api.client.post("/api/users", json=body, headers=headers).status_code == 422
    assert [u["name"] for u in api.client.get("/api/users").json()["users"]] == ["lan", "minh"]
    audit = api.client.get("/api/audit").json()
    assert audit["intact"] is True
    assert [entry["action"] for entry in audit["entries"]] == ["account.add", "login", "account.setup"]


def test_no_password_and_no_token_lies_in_the_store_as_it_is(api: Running) -> None:
    set_up(api)
    database = api.state.store.engine.url.database
    assert database is not None
    data = b"".join(Path(database + end).read_bytes() for end in ("", "-wal"))
    assert PASSWORD.encode() not in data
    assert api.client.cookies[COOKIE].encode() not in data
