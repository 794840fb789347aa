import hashlib
from itertools import islice

import pytest

from tests.vision.builders import START_MS
from vision.camera import parse_camera
from vision.detector.open import open_detector
from vision.errors import VideoError
from vision.frames import Frame
from vision.pipeline import Watcher
from vision.scenes.junction import METRES_PER_PX, open_scene, scene_camera_yaml


def digest(seed: int) -> str:
    made = hashlib.sha256()
    for time_s, image in islice(open_scene(f"scene://junction?seed={seed}").frames(), 0, 300, 50):
        made.update(str(time_s).encode() + image.tobytes())
    return made.hexdigest()


def test_the_same_seed_gives_the_same_pictures_and_another_gives_others() -> None:
    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


@pytest.mark.parametrize("source", ["scene://forest", "scene://junction?seed=one", "scene:junction"])
def test_an_unknown_scene_is_named(source: str) -> None:
    with pytest.raises(VideoError, match="no such scene"):
        open_scene(source)


def test_every_run_on_red_is_found_and_nothing_else_is_claimed() -> None:
    scene = open_scene("scene://junction?seed=1")
    camera = parse_camera(scene_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0)).encode())
    watcher = Watcher(camera, open_detector(None))
    found = []
    for index, (time_s, image) in enumerate(islice(scene.frames(), 1000)):
        found += watcher.step([Frame(index, START_MS + round(time_s * 1000), image)]).acts
    claimed = sorted(act.finding.at.frame for act in found if act.finding.rule == "red_light")
    grace, early = camera.limits["grace_s"], camera.limits["early_start_s"]
    truth = [e for e in scene.truth if e.after_red_s >= grace + 0.2 and e.red_left_s > early + 0.2]
    near = [e for e in scene.truth if abs(e.after_red_s - grace) < 0.2]
    assert len(truth) >= 5
    assert [e.frame for e in truth if not any(abs(f - e.frame) <= 2 for f in claimed)] == []
    assert [f for f in claimed if not any(abs(f - e.frame) <= 2 for e in [*truth, *near])] == []
    for act in found:
        places = [(point.lon, point.lat) for point in act.track if point.lon is not None and point.lat is not None]
        assert len(places) == len(act.track)
        assert all(abs(lon - 105.8) < 0.0002 and abs(lat - 21.0) < 0.0002 for lon, lat in places)
        assert all(point.error_m is not None and 0.05 < point.error_m < 1.0 for point in act.track)
        north_m = (places[-1][1] - places[0][1]) * 111_133.0
        assert north_m > 0
        assert act.finding.measured["speed_low_mps"] <= act.finding.measured["speed_high_mps"]
    at_speed = [act.finding.measured for act in found if act.finding.rule == "red_light"]
    assert all(m["speed_low_mps"] < 90 * METRES_PER_PX and m["speed_high_mps"] > 30 * METRES_PER_PX for m in at_speed)
