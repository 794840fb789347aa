"""The api's benchmark on a small city: it measures, and nothing fails."""

from pathlib import Path

from click.testing import CliRunner

from services.bench.api import api, measure
from services.bench.api_load import Load, open_api
from services.bench.fleet import along_of, make_drivers, position_of, prediction_of
from tests.services.api.parts import NOON_MS, gtfs_zip, make_city


def test_every_figure_is_measured_and_nothing_fails(tmp_path: Path) -> None:
    make_city(tmp_path / "city", gtfs=gtfs_zip())
    with open_api(tmp_path / "city", Load(buses=12, every_s=1)) as rig:
        figures = {figure.name: figure for figure in measure(rig, 1.5, [3], 20)}
        drivers = make_drivers(rig.table, 12, 1)
        assert make_drivers(rig.table, 12, 1) == drivers
        here = position_of(drivers[0], rig.table, NOON_MS, rig.noise)
        assert here.assignment.distance_m == along_of(drivers[0], rig.table, NOON_MS)
        ahead = [p for d in drivers if (p := prediction_of(d, rig.table, NOON_MS)) is not None]
        assert all(stop.eta_ms > NOON_MS for p in ahead for stop in p.stops)
    assert figures["failures"].ours == figures["vehicles_failures"].ours == figures["sse_3_lost"].ours == 0
    assert figures["feeds_failures"].ours == figures["users_20_failures"].ours == 0
    assert figures["p99_ms"].ours > 0
    assert figures["users_20_p99_ms"].ours > 0
    assert figures["sse_3_kb_per_s"].ours > 0
    assert figures["first_answer_s"].ours > 0


def test_a_city_without_a_feed_says_how_to_make_one(tmp_path: Path) -> None:
    answer = CliRunner().invoke(api, ["--city", str(tmp_path)])
    assert answer.exit_code == 1
    assert "hanoi sample build" in answer.output
