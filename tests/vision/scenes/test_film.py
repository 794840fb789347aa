"""A film of a world gives the pipeline frames, lamps and detections that agree with the truth."""

import itertools

from vision.camera import parse_camera
from vision.scenes.camera_file import camera_yaml
from vision.scenes.film import Film
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import approach_camera
from vision.scenes.world import World
from vision.signals import read_lamp


def test_the_lamps_of_the_picture_are_those_of_the_plan() -> None:
    world = World(1)
    camera = approach_camera(world.layout.arms["south"], fps=1.0)
    lamps = parse_camera(camera_yaml(camera, world.layout).encode()).approaches[0].lamps
    assert lamps is not None
    read, shown = [], []
    for shot in Film(world, camera, NOISES["exact"], 1).shots(1.0, 90.0):
        read.append(read_lamp(shot.frame.image, lamps))
        shown.append(world.lamp("south", shot.time_s).colour)
    assert read == shown
    assert set(shown) == {"red", "yellow", "green"}


def test_frames_drop_and_jitter_but_never_go_back() -> None:
    world = World(1)
    camera = approach_camera(world.layout.arms["south"], fps=10.0)
    shots = list(Film(world, camera, NOISES["exact"], 1, jitter=0.3, drops=0.5).shots(20.0, 30.0))
    times = [shot.frame.time_ms for shot in shots]
    assert 30 < len(times) < 70
    assert all(b > a for a, b in itertools.pairwise(times))
    assert len({b - a for a, b in itertools.pairwise(times)}) > 10
