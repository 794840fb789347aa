"""The one table of services."""

from pathlib import Path

import pytest

from schemas.text import Text
from services.city.folder import City, CityFolder, write_city
from services.run.services import SERVICES, choose_services


def city(folder: Path, origin: str = "import", parts: tuple[str, ...] = ()) -> CityFolder:
    write_city(
        folder,
        City(
            id="t",
            name=Text(vi="Thử", en="Test"),
            timezone="Asia/Ho_Chi_Minh",
            bbox=(105.7, 20.9, 106.0, 21.2),
            epsg=32648,
            origin=origin,
        ),
    )
    for part in parts:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).touch()
    return CityFolder(folder)


def names(only: tuple[str, ...], folder: CityFolder, simulate: bool | None) -> list[str]:
    return [service.name for service in choose_services(only, folder, simulate)]


def test_a_sample_city_is_alive_by_itself_and_an_imported_one_when_asked(tmp_path: Path) -> None:
    sample, real = city(tmp_path / "a", "sample"), city(tmp_path / "b")
    assert "simulate" in names((), sample, None)
    assert "simulate" not in names((), real, None)
    assert "simulate" in names((), real, True)
    assert "simulate" not in names((), sample, False)


def test_only_the_services_named_are_started_in_the_order_of_the_table(tmp_path: Path) -> None:
    assert names(("api", "ingest"), city(tmp_path), None) == ["ingest", "api"]


def test_a_name_nobody_knows_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"no service trak.*ingest, track"):
        names(("trak",), city(tmp_path), None)


def test_a_service_says_what_part_of_the_city_it_lacks(tmp_path: Path) -> None:
    bare = city(tmp_path / "bare")
    whole = city(tmp_path / "whole", parts=("gtfs.zip", "network/x", "cameras/c.yaml"))
    (whole.root / "cameras/c.yaml").write_text("source: x\n")
    planned = city(tmp_path / "planned", parts=("cameras/c.yaml",))
    assert "with pictures" in (SERVICES["capture"].lacking(planned) or "")
    lacking = {name for name, service in SERVICES.items() if service.lacking(bare)}
    assert lacking == {"estimate", "capture", "detect", "simulate"}
    assert [name for name, service in SERVICES.items() if service.lacking(whole)] == []
