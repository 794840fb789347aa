from pathlib import Path

import pytest

from services.city.folder import CityError
from services.city.lines import join_directions, name_lines, name_stops, name_stops_by_road, read_stop_names
from services.city.tables import Tables, read_tables
from tests.services.city.builders import FEED, write_feed


def feed(tmp_path: Path, changes: dict[str, str | None] | None = None) -> Tables:
    return read_tables(write_feed(tmp_path / "feed.zip", changes))


def test_two_one_way_routes_of_one_number_become_one_line(tmp_path: Path) -> None:
    tables = feed(tmp_path)
    found, renamed = join_directions(tables)
    assert renamed == {"7_1": "7", "7_2": "7"}
    assert tables["routes"]["route_id"].to_list() == ["7"]
    assert set(tables["trips"]["route_id"].to_list()) == {"7"}
    assert found[0].count == 1


def test_routes_that_share_a_number_and_a_direction_stay_apart(tmp_path: Path) -> None:
    tables = feed(tmp_path, {"trips.txt": FEED["trips.txt"].replace("7_2,D,u1,1", "7_2,D,u1,0")})
    assert join_directions(tables) == ([], {})
    assert tables["routes"].height == 2


def test_placeholder_names_give_way_to_better_ones_and_are_counted_else(tmp_path: Path) -> None:
    tables = feed(tmp_path)
    found = {f.code: f.count for f in name_stops(tables, {"A": "Bến Đường Láng"})}
    assert found == {"stop_names": 1, "placeholder_stop_names": 1}
    assert tables["stops"]["stop_name"].to_list() == ["Bến Đường Láng", "STOP_7_S2", "Bến Phố Huế (Bến xe Mẫu)"]
    assert name_stops_by_road(tables, {"B": "Đường Bưởi", "C": "không dùng"})[0].count == 1
    assert tables["stops"]["stop_name"].to_list()[1:] == ["Đường Bưởi", "Bến Phố Huế (Bến xe Mẫu)"]


@pytest.mark.parametrize("name", ["Bến Quốc lộ 1", "12 Phố Huế", "Alabama Av SE+15 Pl SE", "Gate 3", "Ga 2", "P7"])
def test_a_real_name_with_a_number_is_no_placeholder(tmp_path: Path, name: str) -> None:
    stops = FEED["stops.txt"].replace("STOP_7_S1", name).replace("STOP_7_S2", name)
    assert name_stops(feed(tmp_path, {"stops.txt": stops}), {}) == []


def test_lines_are_called_after_their_ends_and_trips_after_their_last_stop(tmp_path: Path) -> None:
    tables = feed(tmp_path)
    join_directions(tables)
    name_stops(tables, {"A": "Bến Đường Láng", "B": "Bến Phố Cầu Giấy"})
    name_lines(tables)
    assert tables["routes"]["route_long_name"].to_list() == ["Đường Láng – Bến xe Mẫu"]
    assert tables["trips"]["trip_headsign"].to_list() == ["Bến xe Mẫu", "Bến xe Mẫu", "Đường Láng"]


def test_real_line_names_and_headsigns_are_kept(tmp_path: Path) -> None:
    routes = FEED["routes.txt"].replace("Route_7_1", "Hồ Gươm – Nhổn").replace("Route_7_2", "Nhổn – Hồ Gươm")
    trips = "route_id,service_id,trip_id,direction_id,trip_headsign\n7_1,D,t1,0,Nhổn\n7_1,D,t2,0,\n7_2,D,u1,1,Hồ Gươm\n"
    tables = feed(tmp_path, {"routes.txt": routes, "trips.txt": trips})
    name_lines(tables)
    assert tables["routes"]["route_long_name"].to_list() == ["Hồ Gươm – Nhổn", "Nhổn – Hồ Gươm"]
    assert tables["trips"]["trip_headsign"].to_list() == ["Nhổn", "Bến xe Mẫu", "Hồ Gươm"]


def test_a_file_of_names_that_is_absent_or_foreign_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="no such file"):
        read_stop_names(tmp_path / "absent.txt")
    (tmp_path / "other.txt").write_text("a,b\n1,2\n")
    with pytest.raises(CityError, match="stop_id and stop_name"):
        read_stop_names(tmp_path / "other.txt")
