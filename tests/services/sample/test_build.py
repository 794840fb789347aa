import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.gtfs import read_timetable
from fleet.simulation.build import Scene
from fleet.simulation.counts import Counters
from fleet.simulation.day import plan_period
from fleet.simulation.roads import roads_of
from fleet.simulation.truth import TrueCall
from routing.network import load_network
from services.city.folder import CityFolder
from services.city.report import read_report
from services.cli import main
from services.sample.build import build_sample
from services.sample.camera import CAMERA_ID, JUNCTIONS
from services.sample.lines import LINES
from services.simulate.cameras import counting_only
from services.simulate.city import Wish, make_simulation, read_streets
from tests.data import judge

MORNING_MS, NIGHT_MS = 1_767_575_100_000, 1_767_639_600_000  # 2026-01-05 08:05 and 2026-01-06 02:00 in Hanoi
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> CityFolder:
    out = tmp_path_factory.mktemp("sample") / "city"
    build_sample(out, seed=1, now_ms=MORNING_MS)
    return CityFolder(out)


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_seed_gives_the_same_bytes_on_another_day(tmp_path: Path) -> None:
    for name, now_ms in (("once", MORNING_MS), ("again", NIGHT_MS + 400 * 24 * HOUR_MS)):
        build_sample(tmp_path / name, seed=1, now_ms=now_ms, lines=LINES[:12])
    assert digest(tmp_path / "again") == digest(tmp_path / "once")


def test_the_sample_says_that_it_is_one_and_has_every_part(sample: CityFolder) -> None:
    city = sample.city
    assert city.origin == "sample"
    assert "mẫu" in city.name.vi
    assert city.epsg == 32648
    assert all((sample.gtfs, sample.network, sample.pmtiles, sample.roster, sample.cameras))
    assert city.doubts == ()


def test_every_junction_is_counted_by_the_roads_that_lead_to_it(sample: CityFolder) -> None:
    assert len(sample.cameras) == JUNCTIONS + 1
    assert [path.stem for path in sample.watching_cameras] == [CAMERA_ID]
    assert sample.network is not None
    roads = roads_of(load_network(sample.network), [], [])
    places = counting_only(sample)
    edges = Counters(roads, places, 1).edges
    approaches = [(place.camera_id, approach) for place in places for approach in place.approach_ids]
    assert len(approaches) > 3 * JUNCTIONS
    assert set(edges) <= set(approaches)
    assert len(edges) > 0.99 * len(approaches)
    assert len(set(edges.values())) == len(edges)


def test_every_line_was_laid_on_roads_without_a_straight_hop(sample: CityFolder) -> None:
    report = read_report(sample.root)
    assert report is not None
    assert report.counts["lines"] == 125
    assert report.counts["signals"] > 50
    assert not [f for f in report.findings if f.code.startswith("straight")]


def test_buses_run_by_day_and_by_night_and_the_roster_knows_them(sample: CityFolder) -> None:
    assert sample.roster is not None
    rows = [row.split(",")[:2] for row in sample.roster.read_text().splitlines()[1:]]
    pairs = {tuple(row) for row in rows}
    assert len(pairs) == len({vehicle for vehicle, _ in pairs})
    assert all(re.fullmatch(r"29B-\d{3}\.\d{2}", vehicle) for vehicle, _ in pairs)
    streets = read_streets(sample)
    for start_ms, least in ((MORNING_MS, 1_900), (NIGHT_MS, 120)):
        plan = plan_period(streets.timetable, start_ms, start_ms + HOUR_MS, plates=streets.plates)
        assert len(plan.duties) >= least
        assert {(d.vehicle_id, plan.runs[r].route_id) for d in plan.duties for r in d.runs} <= pairs


def test_no_timetable_asks_for_an_impossible_speed(sample: CityFolder) -> None:
    assert sample.gtfs is not None
    timetable = read_timetable(sample.gtfs)
    for trip in range(0, len(timetable.trip_ids), 97):
        rows = timetable.stops_of(trip)
        way_m = timetable.pattern_of(trip).stop_distance_m
        mps = (way_m[-1] - way_m[0]) / (timetable.arrival_s[rows][-1] - timetable.departure_s[rows][0])
        assert 3.0 < mps < 11.0  # 40 km/h at night, outside


@pytest.mark.parametrize(("from_h", "least"), [(7.75, 0.75), (12.0, 0.75), (17.25, 0.75)])
def test_the_timetable_is_one_that_simulated_buses_keep_on_a_dry_day(
    sample: CityFolder, from_h: float, least: float
) -> None:
    dry = Scene(rains=(), incidents=())
    day_ms = MORNING_MS - MORNING_MS % HOUR_MS - 8 * HOUR_MS  # Hanoi's midnight
    wish = Wish(start_ms=day_ms + round(from_h * HOUR_MS), hours=0.2, seed=7, buses=150, scene=dry)
    simulation = make_simulation(read_streets(sample), wish)
    assert simulation is not None
    told = [truth for _ in range(600) for truth in simulation.step()[1]]
    late_s = [(call.arrival_ms - call.scheduled_arrival_ms) / 1000 for call in told if isinstance(call, TrueCall)]
    assert len(late_s) > 600
    assert sum(-60 <= late <= 300 for late in late_s) / len(late_s) > least


def test_the_roads_are_a_whole_city_and_hang_together(sample: CityFolder) -> None:
    network = load_network(sample.root / "network")
    assert 3_000 < network.node_count < 15_000
    report = read_report(sample.root)
    assert report is not None
    assert {finding.code for finding in report.findings} == {"nameless"}
    assert {"Sông Hồng", "Hồ Tây"}.isdisjoint(network.names)
    assert {"Giải Phóng", "Nguyễn Trãi", "Võ Nguyên Giáp", "Phạm Văn Đồng", "Láng", "Cầu Long Biên"} <= set(
        network.names
    )


@pytest.mark.judge
def test_an_outside_judge_accepts_the_map(sample: CityFolder) -> None:
    command = [judge("pmtiles.sh"), str(sample.pmtiles)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    for layer in ("roads", "lines", "stops", "water", "green", "rivers", "places"):
        assert f"'{layer}'" in done.stdout


@pytest.mark.judge
def test_an_outside_judge_finds_no_error_in_the_timetable(sample: CityFolder) -> None:
    command = [judge("gtfs_fast.sh"), str(sample.gtfs), "VN", "2026-06-05"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_builds_and_shows_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["sample", "build", "--out", str(tmp_path / "city"), "--lines", "5"])
    assert done.exit_code == 0, done.stderr
    assert "Hà Nội (thành phố mẫu)" in done.stdout
