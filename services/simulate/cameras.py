"""The cameras of a city as the simulator sees them."""

from fleet.simulation.counts import CameraPlace
from services.city.folder import CityError, CityFolder
from vision.camera import read_camera
from vision.errors import VisionError


def read_cameras(city: CityFolder) -> list[CameraPlace]:
    """Return where a city's cameras are and which approaches they count.

    Parameters
    ----------
    city : CityFolder
        The city.

    Returns
    -------
    list of CameraPlace
        Those whose approaches have a stop line; nothing is counted at others.

    Raises
    ------
    CityError
        If a camera file cannot be read.
    """
    try:
        cameras = [read_camera(path) for path in city.cameras]
    except VisionError as error:
        raise CityError(str(error)) from error
    return [
        CameraPlace(camera.id, *camera.position, tuple(a.id for a in camera.approaches if a.stop_line))
        for camera in cameras
    ]
