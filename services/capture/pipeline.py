"""Capture: every camera of the city, one thread each, cut into segments, stored once, announced."""

import threading

import structlog

from services.capture.camera_thread import CameraThread
from services.capture.publish import Publisher
from services.city.folder import CityFolder
from services.context import Context
from services.media.store import open_media
from vision.camera import CameraConfig, read_camera
from vision.errors import CameraFileError

_log = structlog.get_logger(__name__)


def read_cameras(city: CityFolder) -> dict[str, CameraConfig]:
    """Return the city's cameras by id; a file that cannot be used is named and left out.

    Parameters
    ----------
    city : CityFolder
        The city.

    Returns
    -------
    dict of str to CameraConfig
        By id.
    """
    cameras: dict[str, CameraConfig] = {}
    for path in city.cameras:
        try:
            camera = read_camera(path)
        except CameraFileError as error:
            _log.error("a camera is left out", file=str(path), reason=str(error))
            continue
        if camera.id in cameras:
            _log.error("a camera is left out", file=str(path), reason=f"its id {camera.id} is another file's too")
            continue
        cameras[camera.id] = camera
    return cameras


def run(context: Context) -> None:
    """Record every camera until ``context.stop`` is set.

    Parameters
    ----------
    context : Context
        The log, the clock and the sign to stop.
    """
    cameras = read_cameras(CityFolder(context.settings.place.city_dir))
    publisher = Publisher(
        context.stream, open_media(context.settings.place.media_url, context.settings.store.media_limit_gib)
    )
    loop = context.settings.vision.loop
    threads = [
        threading.Thread(
            target=CameraThread(camera, publisher, context.clock.now_ms, context.stop, loop=camera.loop or loop).run,
            name=f"camera-{camera.id}",
            daemon=True,
        )
        for camera in cameras.values()
        if camera.has_pictures
    ]
    _log.info("recording", cameras=sorted(camera.id for camera in cameras.values() if camera.has_pictures))
    for thread in threads:
        thread.start()
    context.stop.wait()
    for thread in threads:
        thread.join(timeout=1.5)
    publisher.close()
