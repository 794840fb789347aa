"""The cameras of a city as the simulator sees them."""

from fleet.simulation.counts import CameraPlace
from services.city.folder import CityError, CityFolder
from vision.camera import CameraConfig, read_camera
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
        With the approaches that have a stop line or, where a camera has no pictures, all; nothing is counted at others.

    Raises
    ------
    CityError
        If a camera file cannot be read.
    """
    try:
        cameras = [read_camera(path) for path in city.cameras]
    except VisionError as error:
        raise CityError(str(error)) from error
    return [_place(camera) for camera in cameras]


def counting_only(city: CityFolder) -> list[CameraPlace]:
    """Return the cameras without pictures: what they count can only be simulated."""
    try:
        return [_place(camera) for camera in map(read_camera, city.cameras) if not camera.has_pictures]
    except VisionError as error:
        raise CityError(str(error)) from error


def _place(camera: CameraConfig) -> CameraPlace:
    counted = [a for a in camera.approaches if a.stop_line or not camera.has_pictures]
    ids, bearings = tuple(a.id for a in counted), tuple(a.bearing_deg for a in counted)
    return CameraPlace(camera.id, *camera.position, ids, bearings)
