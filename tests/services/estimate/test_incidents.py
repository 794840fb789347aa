"""The estimating step: counts and verdicts in, candidates out, nothing forgotten over a restart."""

from pathlib import Path
from typing import Any

import msgspec

from routing.congestion import Estimator
from schemas.camera_watch import CameraMinute
from schemas.incident import Incident, IncidentState
from schemas.report import ReportWhat, ReportWho, RoadReport
from services.estimate.pipeline import EstimateStep
from services.stream.runner import Incoming
from tests.routing.congestion.test_estimate import EAST, NET, START_MS
from tests.services.estimate.test_pipeline import city


def incoming(message: Any) -> Incoming[Any]:
    return Incoming(record=None, key="k", message=message)  # type: ignore[arg-type]


def count(number: int, standing_s: float, edge_id: str) -> CameraMinute:
    start = START_MS + 30_000 * number
    return CameraMinute(
        camera_id="c1", approach_id="north", start_ms=start, end_ms=start + 30_000, counts={"car": 5}, frames=180,
        occupancy=0.2, standing_s=standing_s, edge_id=edge_id,
    )  # fmt: skip


def drive(step: EstimateStep, stands: list[float], edge_id: str, first: int = 0) -> list[Incident]:
    told: list[Incident] = []
    for number, seconds in enumerate(stands, first):
        message = count(number, seconds, edge_id)
        result = step.handle([incoming(message)], message.end_ms + 20_000)
        told += [m for topic, _, m in result.outputs if topic == "incidents"]
    return told


def test_a_camera_finds_what_stands_and_a_restart_goes_on_with_the_same_candidate(tmp_path: Path) -> None:
    root, edge = city(tmp_path / "city", network=True), NET.edge_ids[EAST[3]]
    step = EstimateStep(Estimator(NET), tmp_path / "history.npz", root)
    assert drive(step, [20.0, 0.0] * 60, edge) == []
    found = drive(step, [30.0, 60.0, 90.0, 120.0], edge, first=120)
    assert found
    again = EstimateStep(Estimator(NET), tmp_path / "history.npz", root)
    more = drive(again, [150.0, 180.0, 210.0], edge, first=124)
    assert {i.incident_id for i in more} <= {found[0].incident_id}
    assert again._estimator.detector.open.keys() == {found[0].incident_id}


def test_a_dismissed_candidate_is_learnt_from_and_a_count_of_an_unknown_edge_is_left_out(tmp_path: Path) -> None:
    root, edge = city(tmp_path / "city", network=True), NET.edge_ids[EAST[3]]
    step = EstimateStep(Estimator(NET), tmp_path / "history.npz", root)
    found = drive(step, [20.0, 0.0] * 60 + [30.0, 60.0, 90.0, 120.0], edge)[0]
    step.handle([incoming(msgspec.structs.replace(found, state=IncidentState.DISMISSED))], START_MS + 10**7)
    assert step._estimator.detector.verdicts.trust("camera_standing") < 1.0
    assert drive(step, [600.0], "9/9/9", first=400) == []


def test_a_minute_in_which_a_camera_saw_nothing_is_no_empty_road(tmp_path: Path) -> None:
    root, edge = city(tmp_path / "city", network=True), NET.edge_ids[EAST[3]]
    step = EstimateStep(Estimator(NET), tmp_path / "history.npz", root)
    said = count(0, 0.0, edge)
    assert step._count(said) is not None
    assert step._count(msgspec.structs.replace(said, counts={}, frames=0, occupancy=None, standing_s=None)) is None


def test_a_minute_watched_in_part_counts_by_its_rate_and_one_hardly_watched_not_at_all(tmp_path: Path) -> None:
    step = EstimateStep(Estimator(NET), tmp_path / "history.npz", city(tmp_path / "city", network=True))
    said = count(0, 0.0, NET.edge_ids[EAST[3]])
    whole, part, hardly = (step._count(msgspec.structs.replace(said, watched_s=s)) for s in (None, 20.0, 14.0))
    assert whole is not None
    assert part is not None
    assert (whole.seconds, part.seconds, hardly) == (30.0, 20.0, None)


def test_a_broken_state_file_is_said_and_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "incidents.json").write_bytes(b"{")
    step = EstimateStep(Estimator(NET), tmp_path / "history.npz", city(tmp_path / "city", network=True))
    assert step._estimator.detector.open == {}


def test_reports_of_people_become_a_candidate_and_one_beside_no_road_is_left_out(tmp_path: Path) -> None:
    step = EstimateStep(Estimator(NET), tmp_path / "history.npz", city(tmp_path / "city", network=True))
    lon, lat = NET.lonlat_of(EAST[3]).mean(axis=0).tolist()

    def report(name: str, who: ReportWho, lat: float) -> RoadReport:
        return RoadReport(name, who, ReportWhat.BLOCKED, lon, lat, START_MS, 90.0)

    said = [report("a", ReportWho.RIDER, lat), report("b", ReportWho.DRIVER, lat), report("c", ReportWho.STAFF, 10.0)]
    step.handle([incoming(message) for message in said], START_MS)
    told = [m for topic, _, m in step.handle([], START_MS + 40_000).outputs if topic == "incidents"]
    (found,) = told
    assert isinstance(found, Incident)
    assert {finding.kind for finding in found.evidence.findings} == {"report_rider", "report_driver"}
    assert found.evidence.edge_ids == (NET.edge_ids[EAST[3]],)
