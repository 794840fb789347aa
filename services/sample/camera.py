"""The sample's one camera: a rendered junction, placed where Hàng Bài meets Lý Thường Kiệt."""

from pathlib import Path

from services.sample.points import POINTS
from vision.scenes.junction import scene_camera_yaml

CAMERA_ID = "C-001"
NAME = ("Hàng Bài – Lý Thường Kiệt (dựng hình)", "Hang Bai – Ly Thuong Kiet (rendered)")
PLACE = "hang_bai_ltk"


def camera_files(folder: Path, seed: int) -> tuple[Path, ...]:
    """Write the camera file of the rendered junction.

    Parameters
    ----------
    folder : Path
        Where to write it.
    seed : int
        What the scene shows.

    Returns
    -------
    tuple of Path
        The files written.
    """
    lat, lon = POINTS[PLACE]
    path = folder / f"{CAMERA_ID}.yaml"
    path.write_text(scene_camera_yaml(CAMERA_ID, NAME, (lon, lat), seed), encoding="utf-8")
    return (path,)
