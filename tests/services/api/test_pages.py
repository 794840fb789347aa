from pathlib import Path

from tests.services.api.parts import Running


def test_pages_that_are_not_built_say_so(api: Running) -> None:
    answer = api.client.get("/control")
    assert answer.status_code == 503
    assert "make web" in answer.text


def build(tmp_path: Path) -> None:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>shell</title>")
    (tmp_path / "dist" / "assets" / "a-1234.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("secret")


def test_every_address_of_a_page_gets_the_shell(api: Running, tmp_path: Path) -> None:
    build(tmp_path)
    for path in ("/", "/stop/s1", "/route/r32", "/control", "/enforcement", "/login"):
        answer = api.client.get(path)
        assert (answer.status_code, "shell" in answer.text) == (200, True)
        assert answer.headers["cache-control"] == "no-cache"


def test_assets_are_kept_for_ever_and_absent_ones_are_not_the_shell(api: Running, tmp_path: Path) -> None:
    build(tmp_path)
    answer = api.client.get("/assets/a-1234.js")
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]
    assert api.client.get("/assets/gone.js").status_code == 404
    assert api.client.get("/api/gone").headers["content-type"] == "application/problem+json"


def test_nothing_outside_the_pages_is_served(api: Running, tmp_path: Path) -> None:
    build(tmp_path)
    for path in ("/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"):
        assert "secret" not in api.client.get(path).text


def test_a_page_that_did_not_change_is_not_sent_again(api: Running, tmp_path: Path) -> None:
    build(tmp_path)
    tag = api.client.get("/").headers["etag"]
    assert api.client.get("/", headers={"If-None-Match": tag}).status_code == 304


def test_the_map_is_read_by_byte_ranges(api: Running) -> None:
    (api.state.city.root / "map.pmtiles").write_bytes(bytes(range(256)) * 8)
    answer = api.client.get("/map/city.pmtiles", headers={"Range": "bytes=16-31", "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.content) == (206, bytes(range(16, 32)))
    assert answer.headers["content-range"] == "bytes 16-31/2048"
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"]


def test_a_city_without_a_map_says_so(api: Running) -> None:
    answer = api.client.get("/map/city.pmtiles")
    assert answer.status_code == 404
    assert "no base map" in answer.json()["detail"]


def test_every_answer_carries_the_security_headers(api: Running) -> None:
    for path in ("/", "/api/city", "/api/gone", "/healthz", "/gtfs-rt/trip-updates.pb"):
        headers = api.client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_metrics_and_health_answer(api: Running) -> None:
    assert api.client.get("/healthz").json() == {"status": "ok"}
    assert "hanoi_api_live_clients" in api.client.get("/metrics").text


def test_an_address_of_the_api_says_which_methods_it_knows(api: Running) -> None:
    answer = api.client.get("/api/auth/login")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert api.client.delete("/api/users").headers["allow"] == "GET, POST"
    assert api.client.get("/api/nothing").status_code == 404
