"""Rosters: which routes a vehicle may run."""

import pytest

from fleet.roster import RosterError, read_roster
from tests.data import shared_data


def test_saigon_vehicles_may_stand_on_many_routes_and_one_is_also_01():
    roster = read_roster(shared_data("hcmc-buses", "vehicle_route_mapping.csv"))
    assert len(roster) == 967
    assert sum(len(routes) > 3 for routes in roster.values()) > 100
    assert any({"01", "1"} <= routes for routes in roster.values())


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_roster_without_its_columns_says_so(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RosterError, match=r"roster\.csv"):
        read_roster(path)
