"""Tracks of a junction by the judge: detections made from the truth, half of the frames lost, uneven times."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.data import judge
from vision.riders import join_riders
from vision.scenes.film import Film
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import approach_camera
from vision.scenes.world import World
from vision.tracks import Tracker

LEAST_HEIGHT_PX = 36  # nearer than some 40 m: there the rules look


@pytest.mark.judge
def test_tracks_of_a_scene_with_half_its_frames_lost_pass_the_judge(tmp_path: Path) -> None:
    script = judge("mot.sh")
    world = World(3)
    camera = approach_camera(world.layout.arms["south"])
    film, tracker = Film(world, camera, NOISES["street"], 3, jitter=0.3, drops=0.5), Tracker()
    truth, tracks = [], []
    for shot in film.shots(30.0, 50.0):
        truth += [
            (shot.frame.index, one.pose.user_id, one.box)
            for one in shot.seen
            if one.visible > 0.5 and one.height_px >= LEAST_HEIGHT_PX
        ]
        found = join_riders(film.detect(shot.frame), tracker.two_wheelers_due(shot.frame.time_ms))
        looks = tracker.step(shot.frame.time_ms, shot.frame.index, found)
        tracks += [(look.frame, look.track_id, look.box) for look in looks if look.height_px >= LEAST_HEIGHT_PX]
    files = tmp_path / "gt.txt", tmp_path / "tracks.txt"
    for path, rows in zip(files, (truth, tracks), strict=True):
        path.write_text(
            "".join(f"{f},{i},{b[0]:.1f},{b[1]:.1f},{b[2] - b[0]:.1f},{b[3] - b[1]:.1f}\n" for f, i, b in rows)
        )
    done = subprocess.run([str(script), *map(str, files)], capture_output=True, text=True, check=True)
    figures = dict(re.findall(r"(HOTA|IDF1|IDSW) ([\d.]+)", done.stdout.splitlines()[0]))
    print(done.stdout)
    assert float(figures["HOTA"]) >= 0.6
    assert float(figures["IDF1"]) >= 0.75
