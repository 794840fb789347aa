"""Two extracts of one city, the second with a changed way; and what is wrong with a source."""

from pathlib import Path
from typing import Any

import osmnx
import pytest
import requests

from routing.network import NetworkError, RoadNetwork, read_osm

PLACES = {n: (21.02 + 0.001 * (n // 10), 105.85 + 0.001 * (n % 10)) for n in (*range(1, 6), *range(11, 16))}
WAYS: dict[int, tuple[tuple[int, ...], dict[str, str]]] = {
    1: ((1, 2, 3, 4, 5), {"name": "Phố Huế", "maxspeed": "50"}),
    2: ((11, 12, 13, 14, 15), {"name": "Bạch Mai"}),
    **{100 + n: ((n, n + 10), {}) for n in range(1, 6)},
}


def write(path: Path, ways: dict[int, tuple[tuple[int, ...], dict[str, str]]], places=PLACES) -> Path:  # type: ignore[no-untyped-def]
    nodes = "".join(f'<node id="{n}" lat="{lat}" lon="{lon}"/>' for n, (lat, lon) in places.items())
    text = ""
    for way, (refs, tags) in ways.items():
        said = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in {"highway": "secondary", **tags}.items())
        text += f'<way id="{way}">{"".join(f"<nd ref={chr(34)}{r}{chr(34)}/>" for r in refs)}{said}</way>'
    path.write_text(f'<osm version="0.6">{nodes}{text}</osm>', encoding="utf-8")
    return path


def read(tmp_path: Path, ways: dict[int, tuple[tuple[int, ...], dict[str, str]]], places=PLACES) -> RoadNetwork:  # type: ignore[no-untyped-def]
    return read_osm(write(tmp_path / "map.osm", ways, places))


def test_ids_outlive_a_changed_way_a_moved_node_and_another_order(tmp_path: Path) -> None:
    old = read(tmp_path, WAYS)
    changed = {
        **{way: WAYS[way] for way in reversed(WAYS)},
        1: ((1, 2, 30, 3, 4, 5), {"name": "Phố Huế mới", "lanes": "4"}),
        103: ((3, 31, 13), {}),
    }
    moved = {**PLACES, 2: (21.0201, 105.8521), 30: (21.0202, 105.8525), 31: (21.025, 105.8531)}
    new = read(tmp_path, changed, moved)
    assert set(new.edge_ids) == set(old.edge_ids), "a bend, a tag, a name: the junctions are the same"
    assert new.edge_ids == old.edge_ids or new.edge_index_of != old.edge_index_of


def test_only_the_edges_of_a_way_that_was_cut_get_new_ids(tmp_path: Path) -> None:
    old = read(tmp_path, WAYS)
    cut = {**WAYS, 1: ((1, 2, 3), {}), 9: ((3, 4, 5), {}), 200: ((32, 6), {}), 3: ((3, 32, 4), {})}
    places = {**PLACES, 32: (21.0195, 105.8535), 6: (21.018, 105.8535)}
    new = read(tmp_path, cut, places)
    gone = set(old.edge_ids) - set(new.edge_ids)
    assert gone == {name for name in old.edge_ids if name.startswith("1/") and name not in new.edge_ids}
    assert gone
    assert all({"3", "4", "5"} & set(name.split("/")[1:3]) for name in gone)


@pytest.mark.parametrize(
    ("tags", "code"),
    [({"maxspeed": "fast"}, "odd_limit"), ({}, "no_limit"), ({"maxspeed": "50"}, "no_lanes")],
)
def test_what_is_odd_or_assumed_is_counted(tmp_path: Path, tags: dict[str, str], code: str) -> None:
    found = {f.code: f for f in read(tmp_path, {**WAYS, 1: (WAYS[1][0], tags)}).findings}
    assert found[code].count >= 1
    assert found[code].text.vi != found[code].text.en


def test_an_island_is_dropped_and_counted(tmp_path: Path) -> None:
    places = {**PLACES, 70: (21.2, 105.9), 71: (21.21, 105.9)}
    found = read(tmp_path, {**WAYS, 300: ((70, 71), {})}, places)
    assert not {70, 71} & set(found.node_osm_id.tolist())
    assert {f.code: f.count for f in found.findings}["unreachable"] == 2


@pytest.mark.parametrize("tags", [{"highway": "footway"}, {"access": "no"}, {"area": "yes"}])
def test_an_extract_without_a_road_to_drive_says_so(tmp_path: Path, tags: dict[str, str]) -> None:
    with pytest.raises(NetworkError, match="no road that vehicles may drive"):
        read(tmp_path, {way: (refs, tags) for way, (refs, _) in WAYS.items()})


class Answer:
    """What the services behind osmnx would answer."""

    ok, status_code, reason = True, 200, "OK"

    def __init__(self, url: str, body: Any) -> None:
        self.url, self.body, self.content, self.text = url, body, b"", ""

    def json(self) -> Any:
        return self.body


def test_a_place_is_downloaded_by_osmnx(monkeypatch: pytest.MonkeyPatch) -> None:
    square = [[105.84, 21.01], [105.86, 21.01], [105.86, 21.04], [105.84, 21.04], [105.84, 21.01]]
    place = {
        "place_id": 1, "osm_type": "relation", "osm_id": 1, "lat": "21.02", "lon": "105.85",
        "display_name": "Hai Bà Trưng",
        "class": "boundary", "type": "administrative", "importance": 1.0, "name": "Hai Bà Trưng",
        "addresstype": "suburb",
        "place_rank": 1, "boundingbox": ["21.01", "21.04", "105.84", "105.86"],
        "geojson": {"type": "Polygon", "coordinates": [square]},
    }  # fmt: skip
    nodes = [{"type": "node", "id": n, "lat": lat, "lon": lon} for n, (lat, lon) in PLACES.items()]
    ways = [
        {"type": "way", "id": way, "nodes": list(refs), "tags": {"highway": "secondary", **tags}}
        for way, (refs, tags) in WAYS.items()
    ]
    monkeypatch.setattr(osmnx.settings, "use_cache", False)
    monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(osmnx._http, "_config_dns", lambda url: None)
    monkeypatch.setattr(osmnx._nominatim.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(requests, "get", lambda url, **_: Answer(url, [place]))
    monkeypatch.setattr(requests, "post", lambda url, **_: Answer(url, {"elements": nodes + ways}))
    found = read_osm("Hai Bà Trưng, Hà Nội")
    assert {"Phố Huế", "Bạch Mai"} <= set(found.names)
    assert found.edge_speed_limit_mps[found.edge_index_of["1/2/3"]] == pytest.approx(50 / 3.6)


def test_a_place_that_cannot_be_downloaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(osmnx.settings, "use_cache", False)
    monkeypatch.setattr(osmnx._http, "_config_dns", lambda url: None)
    monkeypatch.setattr(osmnx._nominatim.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(requests, "get", refuse)
    with pytest.raises(NetworkError, match=r"Atlantis.*check the name and the network"):
        read_osm("Atlantis")
