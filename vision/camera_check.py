"""Checks of the values of a camera file: every problem is kept, with its key and how to mend it."""

import datetime as dt
import math
import re

import shapely

from schemas.text import Text
from vision.errors import CameraFileError

Point = tuple[float, float]


class Checker:
    """Collects problems; each method returns a usable value of its kind even for a bad one.

    Parameters
    ----------
    where : str
        Name of the file, first in the error's text.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[str] = []

    def bad(self, key: str, sentence: str) -> None:
        """Keep a problem."""
        self.problems.append(f"{key or 'the file'} {sentence}")

    def stop_if_bad(self) -> None:
        """Raise ``CameraFileError`` with every problem, if there is one."""
        if self.problems:
            raise CameraFileError(f"{self.where} cannot be used:\n  " + "\n  ".join(self.problems))

    def mapping(self, raw: object, key: str, needed: set[str], optional: set[str]) -> dict[str, object]:
        """Return a mapping whose keys are known; absent and unknown ones are problems."""
        if not isinstance(raw, dict):
            self.bad(key, f"must be a mapping with {', '.join(sorted(needed | optional))}")
            return {}
        dot = f"{key}." if key else ""
        for name in sorted(needed - raw.keys()):
            self.bad(f"{dot}{name}", "is absent; add it")
        for name in sorted(map(str, raw.keys() - needed - optional)):
            self.bad(f"{dot}{name}", f"is unknown; known are {', '.join(sorted(needed | optional))}")
        return {str(name): value for name, value in raw.items()}

    def sequence(self, raw: object, key: str) -> list[object]:
        """Return a list."""
        if isinstance(raw, list):
            return raw
        self.bad(key, f"must be a list, not {raw!r}")
        return []

    def string(self, raw: object, key: str) -> str:
        """Return a text that is not empty."""
        if isinstance(raw, str) and raw.strip():
            return raw.strip()
        self.bad(key, f"must be a text, not {raw!r}")
        return "?"

    def identifier(self, raw: object, key: str) -> str:
        """Return a short name that is safe as part of a path."""
        text = str(raw)
        if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
            return text
        self.bad(key, f"is {raw!r}; use 1 to 64 letters, digits, dots, dashes")
        return "?"

    def text(self, raw: object, key: str) -> Text:
        """Return a text in two languages; one plain text stands for both."""
        if isinstance(raw, dict) and {"vi", "en"} <= raw.keys():
            return Text(vi=str(raw["vi"]), en=str(raw["en"]))
        if isinstance(raw, str | int):
            return Text(vi=str(raw), en=str(raw))
        self.bad(key, "must be a text or {vi: …, en: …}")
        return Text(vi="?", en="?")

    def boolean(self, raw: object, key: str) -> bool:
        """Return true or false."""
        if isinstance(raw, bool):
            return raw
        self.bad(key, f"must be true or false, not {raw!r}")
        return False

    def number(self, raw: object, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        """Return a finite number inside its range."""
        if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw) and low <= raw <= high:
            return float(raw)
        self.bad(key, f"is {raw!r}; give a number from {low:g} to {high:g}")
        return max(low, 0.0)

    def names(self, raw: object, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return names that are all known."""
        items = [str(item) for item in self.sequence(raw, key)]
        for item in items:
            if item not in known:
                self.bad(key, f"has {item!r}; known are {', '.join(known)}")
        return tuple(item for item in items if item in known)

    def choice(self, raw: object, key: str, known: tuple[str, ...]) -> str | None:
        """Return a word that is known; ``None`` where there is none."""
        if raw is None or raw in known:
            return None if raw is None else str(raw)
        self.bad(key, f"is {raw!r}; give {' or '.join(known)}, or leave it out")
        return None

    def unique(self, names: list[str], key: str) -> None:
        """Keep a problem for each name that stands twice."""
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.bad(key, f"have two of id {name!r}; each needs its own")

    def hours(self, raw: object, key: str) -> tuple[tuple[int, int], ...]:
        """Return spans of the day in minutes since midnight; a span may run over midnight."""
        made = []
        for item in self.sequence(raw, key):
            match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)", str(item).replace(" ", ""))
            if match is None:
                self.bad(key, f"has {item!r}; give spans of the day in quotes, for instance '06:00-09:00'")
                continue
            from_h, from_m, to_h, to_m = (int(part) for part in match.groups())
            made.append((60 * from_h + from_m, 60 * to_h + to_m))
        return tuple(made)

    def size(self, raw: object, key: str) -> tuple[int, int]:
        """Return width and height in pixels."""
        if isinstance(raw, list) and len(raw) == 2 and all(isinstance(v, int) and 16 <= v <= 16384 for v in raw):
            return raw[0], raw[1]
        self.bad(key, f"is {raw!r}; give [width, height] in pixels, for instance [1280, 720]")
        return 16384, 16384

    def point(self, raw: object) -> Point | None:
        """Return a pair of finite numbers, ``None`` where it is none."""
        if isinstance(raw, list | tuple) and len(raw) == 2:
            x, y = raw
            if all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in (x, y)):
                return float(x), float(y)
        return None

    def points(
        self, raw: object, key: str, frame: tuple[int, int] | None, *, at_least: int, optional: bool = False
    ) -> tuple[Point, ...]:
        """Return points inside the picture."""
        items = self.sequence(raw, key)
        if optional and not items:
            return ()
        made = [self.point(item) for item in items]
        good = tuple(point for point in made if point is not None)
        if len(good) < max(at_least, len(items)):
            self.bad(key, f"is {raw!r}; give at least {at_least} of [x, y] in pixels")
        for x, y in good if frame else ():
            if frame and not (0 <= x <= frame[0] and 0 <= y <= frame[1]):
                self.bad(key, f"has [{x:g}, {y:g}] outside the frame {frame[0]}×{frame[1]}; x comes first")
        return good

    def polygon(self, raw: object, key: str, frame: tuple[int, int]) -> tuple[Point, ...]:
        """Return the corners of an area whose edges do not cross."""
        corners = self.points(raw, key, frame, at_least=3)
        if len(corners) >= 3 and not (ring := shapely.LinearRing(corners)).is_simple:
            self.bad(
                key,
                f"crosses itself ({shapely.is_valid_reason(ring)}); give its corners in the order of a walk around it",
            )
        return corners

    def direction(self, raw: object, key: str) -> Point:
        """Return a direction of length 1."""
        point = self.point(raw)
        if point is not None and math.hypot(*point) > 0:
            length = math.hypot(*point)
            return point[0] / length, point[1] / length
        self.bad(key, f"is {raw!r}; give [x, y] of the direction of travel, for instance [0.0, -1.0] for upwards")
        return 0.0, -1.0

    def lon_lat(self, raw: object, key: str) -> Point:
        """Return lon, lat in degrees."""
        point = self.point(raw)
        if point is not None and abs(point[0]) <= 180 and abs(point[1]) <= 90:
            return point
        self.bad(key, f"is {raw!r}; give [lon, lat] in degrees, longitude first")
        return 0.0, 0.0

    def moment_ms(self, raw: object, key: str) -> int:
        """Return milliseconds UTC of a moment that names its time zone."""
        moment = raw
        if isinstance(raw, str):
            try:
                moment = dt.datetime.fromisoformat(raw)
            except ValueError:
                moment = None
        if isinstance(moment, dt.datetime) and moment.tzinfo is not None and 2000 <= moment.year < 2100:
            return round(moment.timestamp() * 1000)
        self.bad(key, f"is {raw!r}; give a moment with its zone, for instance 2022-09-25T16:41:47+07:00")
        return 946_684_800_000
