"""The smaller parts of a city: its calendar, cameras, roster and place on the map, each checked."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from schemas.text import Text
from services.city.folder import Calendar, CityError
from services.city.report import DOUBTFUL, NOTE, Finding, finding
from services.city.tables import Tables
from vision.camera import CameraConfig, read_camera
from vision.errors import CameraFileError

Bbox = tuple[float, float, float, float]
FAR_DEGREES = 0.05


def read_calendar(tables: Tables, today: date, *, repeat: bool) -> tuple[Calendar | None, list[Finding]]:
    """Find the span of a feed's calendar and say when it has ended or not begun.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed.
    today : date
        In the city's zone.
    repeat : bool
        Whether the city runs its weekdays again and again.

    Returns
    -------
    calendar : Calendar or None
        ``None`` where no date can be read.
    findings : list of Finding
        Ended, or not begun.
    """
    columns = [
        tables[table][name]
        for table, name in (("calendar", "start_date"), ("calendar", "end_date"), ("calendar_dates", "date"))
        if table in tables and name in tables[table].columns
    ]
    dates = pl.concat([column.rename("date") for column in columns])
    dates = dates.filter(dates.str.contains(r"^\d{8}$"))
    if dates.is_empty():
        text = Text(vi="lịch chạy không có ngày nào đọc được", en="the calendar has no date that can be read")
        return None, finding("gtfs", "calendar_unreadable", DOUBTFUL, 1, text)
    first, last = str(dates.min()), str(dates.max())
    now = today.strftime("%Y%m%d")
    calendar = Calendar(first_date=first, last_date=last, ended=last < now, repeat=repeat)
    vi_span, en_span = f"{_vi(first)}–{_vi(last)}", f"{_en(first)} to {_en(last)}"
    found: list[Finding] = []
    if last < now:
        how = (
            Text(
                vi=f"Lịch chạy đã hết hạn ({vi_span}); mỗi thứ trong tuần được lặp lại cho tuần này",
                en=f"The calendar has ended ({en_span}); each weekday is repeated for this week",
            )
            if repeat
            else Text(
                vi=f"Lịch chạy đã hết hạn ({vi_span}); hôm nay không có chuyến (dùng --repeat-calendar để lặp lại)",
                en=f"The calendar has ended ({en_span}); nothing runs today (--repeat-calendar repeats it)",
            )
        )
        found = finding("gtfs", "calendar_ended", DOUBTFUL, 1, how)
    elif first > now:
        text = Text(vi=f"Lịch chạy chưa bắt đầu ({vi_span})", en=f"The calendar has not begun ({en_span})")
        found = finding("gtfs", "calendar_not_begun", DOUBTFUL, 1, text)
    return calendar, found


def _vi(day: str) -> str:
    return f"{day[6:]}/{day[4:6]}/{day[:4]}"


def _en(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def read_cameras(paths: Sequence[Path], bbox: Bbox | None) -> tuple[dict[str, bytes], list[Finding]]:
    """Check camera files and make their relative sources absolute.

    Parameters
    ----------
    paths : sequence of Path
        YAML files.
    bbox : tuple, optional
        West, south, east, north of the city in degrees.

    Returns
    -------
    files : dict of str to bytes
        What to write, by camera id.
    findings : list of Finding
        Cameras outside the city, or whose file of pictures is absent.

    Raises
    ------
    CityError
        If a file is wrong, or two cameras share an id.
    """
    files: dict[str, bytes] = {}
    away, dark = [], []
    for path in paths:
        try:
            camera = read_camera(path)
        except CameraFileError as error:
            raise CityError(str(error)) from error
        if camera.id in files:
            raise CityError(f"{path}: there is another camera {camera.id}; give each its own id")
        if bbox is not None and not _near(camera, bbox):
            away.append(camera.id)
        data = path.read_bytes()
        if camera.has_pictures and "://" not in camera.source:
            source = Path(camera.source).resolve()
            if not source.exists():
                dark.append(f"{camera.id}: {source}")
            # The folder may move; what the camera plays stays where it is.
            line = f"source: {str(source)!r}".encode()
            data = re.sub(rb"(?m)^source:.*$", line.replace(b"\\", b"\\\\"), data, count=1)
        files[camera.id] = data
    outside = Text(
        vi=f"{len(away)} camera nằm ngoài phạm vi thành phố", en=f"{len(away)} cameras lie outside the city's bounds"
    )
    absent = Text(
        vi=f"{len(dark)} camera trỏ tới tệp video không có", en=f"{len(dark)} cameras name a recording that is absent"
    )
    return files, (
        finding("cameras", "outside", DOUBTFUL, len(away), outside, tuple(away))
        + finding("cameras", "no_source", DOUBTFUL, len(dark), absent, tuple(dark))
    )


def _near(camera: CameraConfig, bbox: Bbox) -> bool:
    lon, lat = camera.position
    west, south, east, north = bbox
    return west - FAR_DEGREES <= lon <= east + FAR_DEGREES and south - FAR_DEGREES <= lat <= north + FAR_DEGREES


def read_roster(path: Path, route_ids: set[str] | None, renamed: dict[str, str]) -> tuple[bytes, int, list[Finding]]:
    """Check a roster and bring its routes to the ids of this city.

    Parameters
    ----------
    path : Path
        CSV with ``vehicle_id``, ``route_id`` and optionally ``service_date``.
    route_ids : set of str, optional
        The routes of the city; ``None`` where it has no timetable.
    renamed : dict of str to str
        New id of each route that was renamed.

    Returns
    -------
    data : bytes
        What to write.
    vehicles : int
        How many vehicles it names.
    findings : list of Finding
        Rows left out, routes unknown.

    Raises
    ------
    CityError
        If the file is absent or lacks a column.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except FileNotFoundError:
        raise CityError(f"{path}: there is no such file; give a CSV with vehicle_id and route_id") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CityError(f"{path}: cannot be read as CSV in UTF-8 ({error})") from error
    columns = set(rows[0]) if rows else set()
    if not {"vehicle_id", "route_id"} <= columns:
        raise CityError(f"{path}: needs a header vehicle_id,route_id[,service_date] and at least one row")
    kept: set[tuple[str, str, str]] = set()
    blank, strange = 0, set()
    for row in rows:
        vehicle, route, day = ((row.get(name) or "").strip() for name in ("vehicle_id", "route_id", "service_date"))
        route = renamed.get(route, route)
        if not vehicle or not route:
            blank += 1
        elif route_ids is not None and route not in route_ids:
            strange.add(route)
        else:
            kept.add((vehicle, route, day))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("vehicle_id", "route_id", "service_date"))
    writer.writerows(sorted(kept))
    empty = Text(
        vi=f"{blank} dòng thiếu xe hoặc tuyến đã bị bỏ", en=f"{blank} rows without a vehicle or route were left out"
    )
    unknown = Text(
        vi=f"{len(strange)} tuyến trong bảng phân xe không có trong biểu đồ",
        en=f"{len(strange)} routes of the roster are not in the timetable",
    )
    findings = finding("roster", "blank_rows", "dropped", blank, empty) + finding(
        "roster", "unknown_routes", DOUBTFUL, len(strange), unknown, tuple(sorted(strange))
    )
    return text.getvalue().encode(), len({vehicle for vehicle, _, _ in kept}), findings


def absent_parts(has: dict[str, bool]) -> list[Finding]:
    """Name the parts that a city lacks, and what that means for its pages."""
    meanings = {
        "gtfs": Text(vi="không có biểu đồ chạy xe: không dự báo giờ đến", en="no timetable: no arrival predictions"),
        "network": Text(
            vi="không có mạng đường: bản đồ chỉ có tuyến và điểm dừng, không có lớp tắc đường",
            en="no roads: the map shows lines and stops only, and there is no congestion layer",
        ),
        "cameras": Text(
            vi="không có camera: trang xử lý vi phạm trống", en="no cameras: the enforcement page is empty"
        ),
        "roster": Text(
            vi="không có bảng phân xe: tuyến của xe được suy ra từ hành trình",
            en="no roster: which line a bus runs is inferred from its way",
        ),
    }
    return [
        Finding(part=name, code="absent", kind=NOTE, count=1, text=text)
        for name, text in meanings.items()
        if not has.get(name)
    ]


def slug(name: str) -> str:
    """Return an id made of a name: lower-case letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "city"
