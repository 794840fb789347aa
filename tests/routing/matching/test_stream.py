from dataclasses import replace

import numpy as np
import pytest

from routing.matching import Batch, StreamMatcher
from routing.matching.stream import LAG_S
from tests.routing.builders import grid, lonlat, network, way

NET = grid(5, 4, 300.0)


def batch(rows: list[tuple[str, float, float, float]], heading: float = np.nan, speed: float = np.nan) -> Batch:
    """Rows are vehicle, second, x, y."""
    where = np.array([lonlat(x, y) for _, _, x, y in rows]).reshape(-1, 2)
    same = np.ones(len(rows))
    return Batch(
        [row[0] for row in rows], np.array([row[1] for row in rows], float), where[:, 0], where[:, 1], speed * same,
        heading * same,
    )  # fmt: skip


def eastward(vehicle: str, y: float, count: int = 40, step_s: float = 10.0, noise_m: float = 5.0, seed: int = 1):
    rng = np.random.default_rng(seed)
    return [
        (vehicle, k * step_s, 20.0 + 28.0 * k + rng.normal(0, noise_m), y + rng.normal(0, noise_m))
        for k in range(count)
    ]


def told(matcher: StreamMatcher, rows: list, size: int) -> dict[int, tuple[int, float]]:
    out = {}
    parts = [matcher.step(batch(rows[at : at + size])) for at in range(0, len(rows), size)]
    for part in (*parts, matcher.flush()):
        for number, edge, sure in zip(part.number.tolist(), part.edge.tolist(), part.probability.tolist(), strict=True):
            assert number not in out
            out[number] = (edge, round(sure, 9))
    return out


def test_every_report_is_decided_once_and_none_waits_longer_than_the_lag() -> None:
    matcher = StreamMatcher(NET)
    rows = eastward("a", 300.0)
    decided_at = {}
    for row in rows:
        for number in matcher.step(batch([row])).number.tolist():
            decided_at[number] = row[1]
    for number in matcher.flush().number.tolist():
        decided_at[number] = rows[-1][1]
    assert sorted(decided_at) == list(range(len(rows)))
    assert all(at - rows[number][1] <= LAG_S + 10.0 for number, at in decided_at.items())
    assert max(at - rows[number][1] for number, at in decided_at.items()) > 60.0


def test_it_makes_no_difference_in_what_portions_reports_come() -> None:
    rows = sorted(
        [*eastward("a", 300.0, seed=1), *eastward("b", 600.0, seed=2), *eastward("c", 0.0, seed=3)], key=lambda r: r[1]
    )
    ways = []
    for size in (1, 7, 1000):
        found = told(StreamMatcher(NET), rows, size)
        ways.append([found[number][0] for number in range(len(rows))])
    assert ways[0] == ways[1] == ways[2]


def test_vehicles_do_not_disturb_each_other() -> None:
    alone = told(StreamMatcher(NET), eastward("a", 300.0), 1000)
    others = [row for k in range(100) for row in eastward(f"v{k}", 300.0, count=5, seed=k)]
    rows = [*eastward("a", 300.0), *others]
    together = told(StreamMatcher(NET), rows, 2000)
    assert [together[n] for n in range(40)] == [alone[n] for n in range(40)]


def test_a_report_of_the_past_or_without_a_place_is_left_off_the_roads_and_the_rest_goes_on() -> None:
    rows = eastward("a", 300.0, count=12)
    late = [*rows[:6], ("a", 5.0, 600.0, 300.0), ("a", 55.0, np.nan, 300.0), *rows[6:]]
    found = told(StreamMatcher(NET), late, 3)
    assert found[6] == (-1, 0.0)
    assert found[7] == (-1, 0.0)
    clean = told(StreamMatcher(NET), rows, 3)
    assert [found[n][0] for n in (*range(6), *range(8, 14))] == [clean[n][0] for n in range(12)]


def test_who_reports_each_second_is_decided_too() -> None:
    rows = eastward("a", 300.0, count=300, step_s=1.0)
    rows = [(name, second, 20.0 + 3.5 * second, y) for name, second, _, y in rows]
    found = told(StreamMatcher(NET), rows, 50)
    assert len(found) == 300
    assert sum(NET.edge_ids[edge].startswith("2/") for edge, _ in found.values()) > 290


def test_a_way_far_beyond_what_is_kept_ready_is_found() -> None:
    rows = [("a", 0.0, 20.0, 300.0), ("a", 100.0, 1190.0, 600.0), ("a", 110.0, 1190.0, 650.0)]
    found = told(StreamMatcher(grid(5, 4, 300.0)), rows, 10)
    assert all(edge >= 0 for edge, _ in found.values())


def test_the_noise_of_each_source_is_learnt_by_itself() -> None:
    matcher = StreamMatcher(NET)
    rng = np.random.default_rng(4)
    for source, noise_m, wrong_deg in (("good", 3.0, 2.0), ("bad", 14.0, 50.0)):
        for k in range(60):
            rows = eastward(f"{source}{k}", 300.0, noise_m=noise_m, seed=k)
            part = batch(rows, speed=8.0)
            part.heading_deg[:] = 90.0 + rng.normal(0, wrong_deg, len(rows))
            matcher.step(part, source)
        matcher.flush()
    good, bad = matcher.noise_of("good"), matcher.noise_of("bad")
    assert good[0] < 5.0 < 9.0 < bad[0]
    assert good[1] == pytest.approx(20.0)
    assert bad[1] < 6.0
    assert matcher.noise_of("never heard of") == pytest.approx((10.0, 10.0, 3.0))


def test_forgotten_vehicles_leave_room_for_others() -> None:
    matcher = StreamMatcher(NET)
    for k in range(300):
        matcher.step(batch(eastward(f"v{k}", 300.0, count=3)))
        assert len(matcher.flush([f"v{k}"]).number) == 3
    assert len(matcher.flush([f"v{k}" for k in range(300)]).number) == 0


TWIN = network(
    [way(1, (5, 1, 2, 6)), way(2, (7, 3, 4, 8)), way(3, (1, 3)), way(4, (2, 4))],
    {1: (0.0, 0.0), 2: (900.0, 0.0), 3: (0.0, 24.0), 4: (900.0, 24.0), 5: (-90.0, 0.0), 6: (990.0, 0.0),
     7: (-90.0, 24.0), 8: (990.0, 24.0)},
)  # fmt: skip
FAR_SIDE = np.array([TWIN.edge_index_of["2/3/4"]])


def matched(y: float, line: int, known: list) -> set[str]:
    """Drive a straight line between two parallel roads, 24 m apart, reports off by nothing."""
    matcher = StreamMatcher(TWIN)
    matcher.know_lines(known)
    reports = batch([("b", 10.0 * k, 100.0 + 60.0 * k, y) for k in range(10)], heading=90.0, speed=6.0)
    parts = [matcher.step(replace(reports, line=np.full(10, line))), matcher.flush()]
    return {TWIN.edge_ids[edge] for part in parts for edge in part.edge.tolist()}


def test_between_two_roads_a_bus_is_on_the_one_its_line_drives() -> None:
    assert matched(10.0, 0, [FAR_SIDE]) == {"2/3/4"}
    assert matched(10.0, -1, [FAR_SIDE]) == {"1/1/2"}, "no line known: the nearer one"


def test_a_bus_that_is_clearly_off_its_line_is_where_it_reports() -> None:
    assert matched(-6.0, 0, [FAR_SIDE]) == {"1/1/2"}
