"""Notice that the timetable of a city folder was replaced while services use it."""

import time
from collections.abc import Callable
from pathlib import Path

import structlog

from services.city.folder import CITY_FILE, CityError, CityFolder

LOOK_EVERY_S = 0.2
_log = structlog.get_logger(__name__)

Mark = tuple[int, int, int] | None


class CityWatch:
    """Tells once of every new timetable; costs ten looks at a file a second.

    ``city.json`` is written last by whoever changes a city, so the folder is whole when its age changes.

    Parameters
    ----------
    root : Path
        The city folder, as it is in use now.
    monotonic_s : callable, optional
        Seconds that only go on.
    """

    def __init__(self, root: Path, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._monotonic_s = monotonic_s
        self._looked_s = monotonic_s()
        self._city, self._gtfs = _mark(root / CITY_FILE), _mark(root / "gtfs.zip")

    def find_new(self) -> CityFolder | None:
        """Return the city if its timetable is another one since the last time, else ``None``.

        Returns
        -------
        CityFolder or None
            Read anew. A folder that cannot be read is said and counts as unchanged until it changes again.
        """
        now_s = self._monotonic_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return None
        self._looked_s = now_s
        city, gtfs = _mark(self._root / CITY_FILE), _mark(self._root / "gtfs.zip")
        if city is None or city == self._city:
            return None
        self._city = city
        if gtfs == self._gtfs:
            return None
        self._gtfs = gtfs
        try:
            return CityFolder(self._root)
        except CityError as error:
            _log.error("the city folder was changed and cannot be read; the timetable before stays", reason=str(error))
            return None


def _mark(path: Path) -> Mark:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
