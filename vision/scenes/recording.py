"""A painted scene as a recording of full-HD video, as a street camera sends it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av

from vision.scenes.paint.picture import Painter, Setting
from vision.scenes.paint.sensor import Flaws
from vision.scenes.street import BEGIN_S, SHARES, street_camera
from vision.scenes.world import World

FPS = 30
# What a street camera sends: four megabits a second, a key frame each second, no frame that looks ahead.
OPTIONS = {"preset": "veryfast", "bf": "0", "g": str(FPS), "maxrate": "4M", "bufsize": "4M", "crf": "23"}


def write_recording(path: Path, seconds: float, *, seed: int = 1) -> None:
    """Write H.264 of 1920 × 1080 pixels, thirty frames a second.

    Parameters
    ----------
    path : Path
        The file (``.mp4``) to write.
    seconds : float
        How long; a second of it takes about two to paint.
    seed : int
        Of the scene.
    """
    world = World(seed, dict(SHARES))
    small = street_camera(world.layout)
    camera = replace(small, focal_px=2 * small.focal_px, size=(2 * small.size[0], 2 * small.size[1]), fps=FPS)
    painter = Painter(world.layout, camera, Setting("day", 0.0, Flaws(noise=1.5, exposure_s=0.008), seed))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=OPTIONS)
        stream.width, stream.height = camera.size
        stream.pix_fmt = "yuv420p"
        for number in range(round(seconds * FPS)):
            time_s = BEGIN_S + number / FPS
            lamps = {name: world.lamp(name, time_s) for name in world.layout.arms}
            picture = av.VideoFrame.from_ndarray(painter.paint(world.poses(time_s), lamps, number), format="bgr24")
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
