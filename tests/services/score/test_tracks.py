"""Scores of tracks: our figures are those of the judge, switches are counted by whose box it is."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from services.score.track_figures import Boxes, track_figures
from services.score.tracks import tracks
from tests.data import judge

SHORT = ["--seeds", "105", "--seconds", "6", "--case", "street", "--case", "lossy"]


def boxes(rows: list[dict[int, float]]) -> Boxes:
    """Return squares of 10 pixels at some x, by number, a dictionary a frame."""
    made = Boxes()
    for row in rows:
        made.add(list(row), [[x, 0.0, x + 10.0, 10.0] for x in row.values()])
    return made


def test_tracks_that_are_the_truth_score_one_and_never_switch() -> None:
    truth = boxes([{7: 0.0, 9: 50.0}, {7: 1.0, 9: 51.0}])
    figures = track_figures(truth, boxes([{1: 0.0, 2: 50.0}, {1: 1.0, 2: 51.0}]))
    assert (figures.hota, figures.deta, figures.assa, figures.idf1) == pytest.approx((1, 1, 1, 1))
    assert figures.switches == []


def test_two_that_exchange_their_numbers_are_two_switches() -> None:
    truth = boxes([{7: 0.0, 9: 50.0}] * 4)
    figures = track_figures(truth, boxes([{1: 0.0, 2: 50.0}] * 2 + [{2: 0.0, 1: 50.0}] * 2))
    assert sorted(figures.switches) == [(2, 0, 1, 2), (2, 1, 2, 1)]
    assert figures.deta == pytest.approx(1.0)
    assert figures.idf1 == pytest.approx(0.5)


def test_a_road_user_without_a_track_for_a_while_has_not_switched() -> None:
    truth = boxes([{7: 0.0}] * 3)
    figures = track_figures(truth, boxes([{1: 0.0}, {}, {1: 0.0}]))
    assert figures.switches == []
    assert figures.deta == pytest.approx(2 / 3)


def test_no_tracks_at_all_score_nothing() -> None:
    figures = track_figures(boxes([{7: 0.0}]), boxes([{}]))
    assert (figures.hota, figures.idf1, figures.switches) == (0.0, 0.0, [])


@pytest.mark.judge
def test_the_figures_are_those_of_the_judge_and_ours_are_better_than_byte_tracks(tmp_path: Path) -> None:
    script = judge("mot.sh")
    done = CliRunner().invoke(tracks, [*SHORT, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    for case, both in said.items():
        for who, row in both.items():
            files = [str(tmp_path / f"{case}-105.{part}.txt") for part in ("truth", who)]
            judged = subprocess.run([str(script), *files], capture_output=True, text=True, check=True).stdout
            theirs = {
                k: float(v) for k, v in re.findall(r"(HOTA|DetA|AssA|IDF1|IDSW) ([\d.]+)", judged.splitlines()[0])
            }
            ours = [row[name] for name in ("hota", "deta", "assa", "idf1")]
            assert np.allclose(ours, [theirs[name] for name in ("HOTA", "DetA", "AssA", "IDF1")], atol=5e-4)
            assert row["switches_per_100"] * row["road_users"] / 100 == pytest.approx(theirs["IDSW"], abs=0.1)
        assert both["ours"]["hota"] > both["bytetrack"]["hota"]
