"""How the open feeds are served: made rarely, tagged, readable for other sites, and listed."""

from tests.services.api.parts import Running, position, prediction


def test_a_feed_is_made_once_in_five_seconds_however_many_ask(api: Running) -> None:
    api.take(("bus.positions", position()))
    first = api.client.get("/gtfs-rt/vehicle-positions.pb")
    api.take(("bus.positions", position("29B-000.01")))
    assert api.client.get("/gtfs-rt/vehicle-positions.pb").content == first.content
    api.clock.time_ms += 5_000
    assert api.client.get("/gtfs-rt/vehicle-positions.pb").content != first.content


def test_who_holds_a_feed_already_gets_no_body(api: Running) -> None:
    first = api.client.get("/gtfs-rt/vehicle-positions.pb")
    for header in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
        again = api.client.get("/gtfs-rt/vehicle-positions.pb", headers=header)
        assert (again.status_code, again.content) == (304, b"")
    api.clock.time_ms += 5_000
    assert api.client.get("/gtfs-rt/vehicle-positions.pb", headers=header).status_code == 200
    assert api.client.get("/gtfs-rt/alerts.pb", headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_pages_of_other_sites_may_read_the_feeds(api: Running) -> None:
    for path in ("/gtfs-rt/alerts.json", "/gtfs/static.zip", "/api/open-feeds"):
        assert api.client.get(path).headers["access-control-allow-origin"] == "*"


def test_a_feed_that_does_not_exist_is_not_found(api: Running) -> None:
    answer = api.client.get("/gtfs-rt/shapes.pb")
    assert answer.status_code == 404
    assert "trip-updates" in answer.json()["detail"]


def test_the_static_feed_is_the_file_that_was_read_and_its_tag_its_hash(api: Running) -> None:
    listed = api.client.get("/api/open-feeds").json()
    answer = api.client.get(listed["static"]["path"])
    assert api.state.city.gtfs is not None
    assert answer.content == api.state.city.gtfs.read_bytes()
    assert answer.headers["etag"] == f'"{listed["static"]["sha256"]}"'
    assert api.client.get("/gtfs/static.zip", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_every_listed_feed_is_there_or_says_what_it_lacks(api: Running) -> None:
    api.take(("bus.positions", position()), ("bus.predictions", prediction()))
    lacks = {
        "/datex2/traffic.xml": "no road network",
        "/datex2/sites.xml": "no camera",
        "/datex2/measured.xml": "no camera",
        "/cap/alerts/{incident_id}.xml": "no such incident",
    }
    for feed in api.client.get("/api/open-feeds").json()["feeds"]:
        for form in feed["forms"]:
            answer = api.client.get(form["path"].format(stop_id="s1", incident_id="none"))
            if form["path"] in lacks:
                assert (answer.status_code, lacks[form["path"]] in answer.json()["detail"]) == (404, True)
                continue
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(form["media_type"])
