import zipfile
from pathlib import Path

import pytest

from services.city.folder import CityError
from services.city.tables import read_tables, write_tables
from tests.services.city.builders import FEED, write_feed


def test_a_feed_is_read_as_text_wherever_it_lies_in_the_zip(tmp_path: Path) -> None:
    tables = read_tables(write_feed(tmp_path / "a.zip", inside="feed/"))
    assert tables["stops"].height == 3
    assert tables["stops"]["stop_lat"][0] == "21.000000"


def test_a_byte_order_mark_and_blanks_do_no_harm(tmp_path: Path) -> None:
    routes = "\ufeffroute_id, route_short_name ,route_type\n7_1 , 7,3\n7_2,7,3\n"
    tables = read_tables(write_feed(tmp_path / "a.zip", {"routes.txt": routes}))
    assert tables["routes"]["route_id"].to_list() == ["7_1", "7_2"]
    assert tables["routes"]["route_short_name"].to_list() == ["7", "7"]


def test_the_same_tables_are_written_as_the_same_bytes(tmp_path: Path) -> None:
    tables = read_tables(write_feed(tmp_path / "a.zip"))
    write_tables(tmp_path / "b.zip", tables)
    write_tables(tmp_path / "c.zip", tables)
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()
    assert read_tables(tmp_path / "b.zip").keys() == tables.keys()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stops.txt": None, "trips.txt": None}, ["stops.txt, trips.txt absent", "gtfs.org"]),
        ({"calendar.txt": None}, ["calendar.txt or calendar_dates.txt"]),
        ({"stops.txt": ""}, ["stops.txt: it is empty"]),
        ({"stops.txt": "stop_id,stop_lat,stop_lon\n"}, ["stops.txt has a header and no rows"]),
        ({"stops.txt": "stop_id,stop_name\nA,x\n"}, ["stops.txt has no column stop_lat, stop_lon"]),
        (dict.fromkeys(FEED) | {"roads.txt": "a\n1\n"}, ["no GTFS feed", "it holds roads.txt"]),
    ],
)
def test_a_feed_that_lacks_something_is_refused_in_words(
    tmp_path: Path, changes: dict[str, str | None], words: list[str]
) -> None:
    path = write_feed(tmp_path / "bad.zip", changes)
    with pytest.raises(CityError) as error:
        read_tables(path)
    assert all(word in str(error.value) for word in [path.name, *words])


def test_what_is_no_zip_is_refused_in_words(tmp_path: Path) -> None:
    good = write_feed(tmp_path / "good.zip").read_bytes()
    middle = len(good) // 3
    damaged = good[:middle] + bytes(200) + good[middle + 200 :]
    for name, data, word in (
        ("empty.zip", b"", "empty"),
        ("text.zip", b"hello", "as a zip"),
        ("cut.zip", good[:middle], "as a zip"),
        ("damaged.zip", damaged, "download it again"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CityError, match=word):
            read_tables(tmp_path / name)
    with pytest.raises(CityError, match="no such file"):
        read_tables(tmp_path / "absent.zip")


def test_a_file_that_would_unpack_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.gtfs.files.LARGEST_BYTES", 1000)
    path = write_feed(tmp_path / "big.zip", {"shapes.txt": "x" * 2000})
    with pytest.raises(CityError, match=r"shapes\.txt would unpack"):
        read_tables(path)
    assert zipfile.is_zipfile(path)
