"""The table of roles is complete, and every endpoint keeps to it."""

import re

import pytest
from fastapi.routing import APIRoute

from services.api.roles import ADMIN, OPERATOR, PUBLIC, REVIEWER, STAFF, TABLE
from tests.services.api.parts import Running

WHO = {"nobody": (), "op": ("operator",), "rev": ("reviewer",), "adm": ("admin",)}
MAY = {
    PUBLIC: {"nobody", "op", "rev", "adm"},
    OPERATOR: {"op", "adm"},
    REVIEWER: {"rev", "adm"},
    STAFF: {"op", "rev", "adm"},
    ADMIN: {"adm"},
}


def flat_routes(routes: object) -> list[APIRoute]:
    found: list[APIRoute] = []
    for route in routes:  # type: ignore[attr-defined]
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            inner = getattr(route, "original_router", None) or getattr(route, "router", None)
            found += flat_routes(getattr(inner, "routes", ()))
    return found


def test_every_route_stands_in_the_table_and_every_entry_has_its_route(api: Running) -> None:
    app = api.client.app
    served = {(method, r.path) for r in flat_routes(app.routes) for method in r.methods}  # type: ignore[attr-defined]
    assert served == TABLE.keys()


@pytest.mark.parametrize("who", WHO)
def test_every_endpoint_answers_each_role_as_the_table_says(api: Running, who: str) -> None:
    api.log_in(who, *WHO[who])
    for (method, path), allowed in TABLE.items():
        if path == "/api/live" or path == "/api/auth/logout":
            continue
        url = re.sub(r"\{[^}]+\}", "x", path)
        status = api.client.request(method, url, json={} if method == "POST" else None).status_code
        if who in MAY[allowed]:
            assert status not in (401, 403), (method, path, status)
        else:
            assert status == (401 if who == "nobody" else 403), (method, path, status)


@pytest.mark.parametrize("who", [who for who in WHO if who != "nobody"])
def test_an_unsafe_request_without_the_csrf_value_is_refused(api: Running, who: str) -> None:
    api.log_in(who, *WHO[who])
    del api.client.headers["X-CSRF-Token"]
    for (method, path), allowed in TABLE.items():
        if method == "POST" and path not in ("/api/auth/login", "/api/auth/setup") and who in MAY[allowed]:
            url = re.sub(r"\{[^}]+\}", "x", path)
            assert api.client.post(url, json={}).status_code == 403, path


def test_a_request_from_another_site_is_refused(api: Running) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = api.client.post("/api/auth/login", json={"name": "a", "password": "b"}, headers=headers)
        assert answer.status_code == 403


@pytest.mark.parametrize("topic", ["incidents", "feeds"])
def test_closed_topics_of_the_stream_need_an_operator(api: Running, topic: str) -> None:
    assert api.client.get(f"/api/live?topics={topic}").status_code == 401
    api.log_in("rev", "reviewer")
    assert api.client.get(f"/api/live?topics={topic}").status_code == 403
