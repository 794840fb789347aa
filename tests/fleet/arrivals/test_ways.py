"""Each link of the timetable lies on the edges it is driven over, in its own direction."""

import numpy as np
import pytest

from fleet.arrivals.links import make_links
from fleet.arrivals.ways import lay_links
from fleet.gtfs import read_timetable
from fleet.tracker import Tracker
from tests.fleet.arrivals.test_foresee import say
from tests.fleet.small_feed import write_feed
from tests.fleet.small_roads import small_network, told
from tests.fleet.test_tracker import drive

NET = small_network()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return read_timetable(write_feed(tmp_path_factory.mktemp("feed")))


def test_each_link_lies_on_the_street_from_its_stop_to_the_next_and_on_no_other(table):
    links = make_links(table)
    ways = lay_links(table, links, NET)
    names = dict(zip(ways.number.values(), ways.number, strict=True))
    for number, name in enumerate(links.names):
        a, b = (int(stop[1:]) for stop in name.split(">"))
        row = ways.metres[number]
        over = {names[column]: metres for column, metres in zip(row.indices, row.data, strict=True)}
        assert max(over, key=over.get) == f"1/{a + 1}/{b + 1}"
        assert over[f"1/{a + 1}/{b + 1}"] > 0.9 * 519.0
        assert sum(over.values()) < 1.01 * 520.0


def test_a_feed_without_shapes_lies_on_no_road(tmp_path):
    table = read_timetable(write_feed(tmp_path, shapes=False))
    ways = lay_links(table, make_links(table), NET)
    assert ways.metres.nnz == 0
    assert ways.number == {}
    tracker = Tracker(table, ways=ways)
    tracker.take_roads([told(0, 5, 0.6)])
    assert say(tracker, drive(table, "T0-3")[:12])[-1]


def test_a_jam_ahead_that_no_bus_met_makes_the_stops_behind_it_later_and_is_the_reason(table):
    ways = lay_links(table, make_links(table), NET)
    fixes = drive(table, "T0-3")[:14]
    plain, knowing = Tracker(table), Tracker(table, ways=ways)
    knowing.take_roads([told(fixes[-1].time_ms - 60_000, 5, 0.6)])
    without, said = say(plain, fixes)[-1][0], say(knowing, fixes)[-1][0]
    later = [(a.p50_ms - b.p50_ms) / 1000.0 for a, b in zip(said.stops, without.stops, strict=True)]
    sequences = np.array([stop.stop_sequence for stop in said.stops])
    assert all(abs(np.array(later)[sequences <= 6]) < 5.0)
    assert all(np.array(later)[sequences > 6] > 240.0)
    assert said.reason.vi.startswith("Theo vị trí GPS của xe; kẹt xe trước Bến 6 +")
    assert "traffic jam before Bến 6 +" in said.reason.en
    assert "state of the roads, 1 min ago" in said.reason.en
    assert said.roads_age_s == 60.0
    assert without.roads_age_s is None
