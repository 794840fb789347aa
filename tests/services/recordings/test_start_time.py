"""The start time of a claimed trip comes through every format that has a field for it; what is no time is left out."""

import pytest

from schemas.fix import Fix
from schemas.trip import TripRef
from services.play.bodies import write_csv, write_gtfs_rt
from services.recordings.csv_positions import parse_csv
from services.recordings.gtfs_rt import parse_gtfs_rt
from services.recordings.refusal import make_trip

NOW = 1_763_850_000_000
CLAIM = TripRef(trip_id="T", start_date="20251123", route_id="R", direction_id=1, start_time="24:10:00")
FIX = Fix(vehicle_id="b", time_ms=NOW, lon=105.8, lat=21.0, source="s", received_ms=NOW, claimed_trip=CLAIM)


def test_csv_tells_the_start_time_of_a_claimed_trip():
    (fix,) = parse_csv(write_csv([FIX]), "s", NOW)
    assert fix.claimed_trip == CLAIM


def test_gtfs_realtime_tells_the_start_time_of_a_claimed_trip():
    (fix,) = parse_gtfs_rt(write_gtfs_rt([FIX]), "s", NOW)
    assert fix.claimed_trip == CLAIM


@pytest.mark.parametrize("said", ["", "now", "7:5:00", "-1:00:00", "07:60:00", "123:00:00", "07:00", 7, None])
def test_what_is_no_start_time_is_left_out_and_the_claim_stays(said):
    assert make_trip("T", None, None, None, start_time=said) == TripRef(trip_id="T")
