"""The sample's one camera: a rendered junction, placed where Hàng Bài meets Lý Thường Kiệt."""

from pathlib import Path


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
    del folder, seed
    return ()
