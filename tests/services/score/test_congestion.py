import gzip
import json
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner

from services.score.congestion import congestion
from services.score.road_rules import by_rules, smooth
from services.score.sumo_run import parse_probes, read_probes, read_truth
from tests.routing.congestion.test_estimate import EAST, NET
from tests.services.score.sumo_files import write_run


def run(net: Path, fcd: Path, data: Path, *more: str):
    return CliRunner().invoke(congestion, ["--net", str(net), "--fcd", str(fcd), "--edgedata", str(data), *more])


def test_speeds_from_cars_of_true_speed_are_right_and_those_of_slow_buses_are_not(tmp_path) -> None:
    files = write_run(tmp_path, bus_mps=6.0, car_mps=11.9)
    cars = json.loads(run(*files, "--probes", "cars", "--noise", "0").output)
    buses = json.loads(run(*files, "--probes", "bus", "--noise", "0").output)
    true = 3.6 * 2 / (1 / 6.0 + 1 / 11.9)
    assert cars["bias_kmh"] == pytest.approx(3.6 * 11.9 - true, abs=1.5)
    assert buses["bias_kmh"] == pytest.approx(3.6 * 6.0 - true, abs=1.5)
    assert cars["edges_scored"] >= 5
    assert cars["baselines"]["probe_mean"]["bias_kmh"] == pytest.approx(3.6 * 11.9 - true, abs=0.1)
    assert cars["baselines"]["free_flow"]["scored"] == cars["edges_scored"]


def test_who_reports_and_how_often_is_chosen(tmp_path) -> None:
    _, fcd, _ = write_run(tmp_path)
    every = list(read_probes(fcd, parse_probes("bus,cars"), 5.0))
    assert {p.is_bus for p in every} == {True, False}
    assert all(p.is_bus for p in read_probes(fcd, parse_probes("bus"), 5.0))
    assert {p.time_s % 30 for p in read_probes(fcd, parse_probes("bus"), 30.0)} == {0.0}
    some = {p.vehicle_id for p in read_probes(fcd, parse_probes("cars=50%"), 5.0)}
    assert some < {p.vehicle_id for p in every if not p.is_bus}
    assert some == {p.vehicle_id for p in read_probes(fcd, parse_probes("cars=0.5"), 5.0)}


@pytest.mark.parametrize("text", ["bikes", "bus,cars=2", "cars=-1", "cars=x", ""])
def test_a_strange_choice_of_probes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"say bus|could not convert"):
        parse_probes(text)


def test_edges_with_hardly_any_traffic_are_not_asked(tmp_path) -> None:
    _, _, data = write_run(tmp_path)
    assert [set(interval.speed_mps) for interval in read_truth(data, 30.0)] == [{"one", "two", "three", ":b_0"}] * 2


def test_the_truth_without_buses_is_that_of_the_others(tmp_path) -> None:
    _, _, data = write_run(tmp_path)
    row = '<edge id="one" sampledSeconds="{:.1f}" speed="{:.1f}"/>'
    both, of_buses = tmp_path / "both.xml", tmp_path / "buses.xml"
    form = '<meandata><interval begin="0" end="300">{}</interval></meandata>'
    both.write_text(form.format(row.format(100.0, 6.0)), encoding="utf-8")
    of_buses.write_text(form.format(row.format(60.0, 2.0)), encoding="utf-8")
    assert read_truth(both, 30.0)[0].speed_mps["one"] == pytest.approx(6.0)
    assert read_truth(both, 30.0, of_buses)[0].speed_mps["one"] == pytest.approx((600 - 120) / 40)
    assert read_truth(both, 50.0, of_buses)[0].speed_mps == {}, "too few others"
    with pytest.raises(ClickException, match="same run"):
        read_truth(both, 30.0, data)


def test_alarms_by_probability_are_fewer_the_surer_they_must_be(tmp_path) -> None:
    figures = json.loads(run(*write_run(tmp_path, bus_mps=2.0, car_mps=2.0), "--probes", "bus,cars").output)
    chances = figures["field"]["all"]["by_probability"]
    recalls = [row["congested_recall"] for row in chances.values()]
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[0] > 0.5


def test_simple_rules_say_yesterdays_mean_and_spread_what_is_measured_over_the_graph() -> None:
    first, second, far = EAST[1], EAST[2], EAST[6]
    speeds = smooth(NET, {first: 4.0, far: 12.0})
    assert speeds[first] < speeds[second] < speeds[EAST[4]] < speeds[far]
    rules = by_rules(
        NET, {(0, first): 4.0, (0, far): 12.0}, {(0, second): 6.0, (1, second): 10.0}, [(0, second), (0, 0)]
    )
    assert rules["history"] == {(0, second): 8.0, (0, 0): 8.0}
    assert rules["mean"][0, second] == 8.0
    assert rules["laplacian"][0, second] == pytest.approx(speeds[second])


def test_packed_files_are_read_alike(tmp_path) -> None:
    files = write_run(tmp_path)
    plain = run(*files).output
    packed = []
    for file in files:
        packed.append(file.with_name(file.name + ".gz"))
        packed[-1].write_bytes(gzip.compress(file.read_bytes()))
    assert run(*packed).output == plain


def test_files_that_are_cut_off_or_something_else_are_named(tmp_path) -> None:
    net, fcd, data = write_run(tmp_path)
    fcd.write_text(fcd.read_text(encoding="utf-8")[:3000], encoding="utf-8")
    cut = run(net, fcd, data)
    assert cut.exit_code == 1
    assert "fcd.xml: cut off" in cut.output
    empty = tmp_path / "empty.xml"
    empty.write_text("<meandata/>", encoding="utf-8")
    assert "no intervals of edges" in run(net, fcd, empty).output
    assert "not a network of SUMO" in run(empty, fcd, data).output
    assert "missing.xml" in run(net, tmp_path / "missing.xml", data).output
