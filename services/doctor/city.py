"""The city folder, and what computes its cameras' detections."""

from pathlib import Path

from services.city.folder import CityError, CityFolder
from services.doctor.cameras import look_at_cameras
from services.doctor.finding import Finding, found, ok
from services.settings import Settings

BUILD = "hanoi sample build --out {city} --seed 1"


def look_at_city(settings: Settings) -> list[Finding]:
    """Look at the city's parts, its calendar, and what its cameras need."""
    root = settings.place.city_dir
    try:
        city = CityFolder(root)
    except CityError as error:
        mend = (BUILD.format(city=root), f"{BUILD.format(city=root)}, or `hanoi city import`")
        return [found("city", "missing", (f"chưa có ở {root}", str(error)), mend)]
    return [_parts(city), _calendar(city), *_doubts(city), *look_at_cameras(city, settings), _processor()]


def _parts(city: CityFolder) -> Finding:
    parts = {
        "gtfs.zip": city.gtfs,
        "network/": city.network,
        "map.pmtiles": city.pmtiles,
        "cameras/": city.cameras,
        "roster.csv": city.roster,
    }
    absent = [name for name, part in parts.items() if not part]
    name = f"{city.city.name.en} ({city.city.origin}, {city.root})"
    if not absent:
        return ok("city", f"{city.city.name.vi} ({city.city.origin}, {city.root})", name)
    lacking = ", ".join(absent)
    mend = ("những gì cần chúng sẽ nghỉ; hanoi city import", "what needs them stays idle; hanoi city import")
    return found("city", "note", (f"{city.city.name.vi}: thiếu {lacking}", f"{name}: without {lacking}"), mend)


def _calendar(city: CityFolder) -> Finding:
    calendar = city.city.calendar
    if calendar is None:
        return found("calendar", "note", ("không có lịch chạy xe", "this city has no timetable"))
    span = f"{calendar.first_date}–{calendar.last_date}"
    if calendar.ended and not calendar.repeat:
        text = (f"lịch đã hết ({span})", f"the timetable's calendar has ended ({span})")
        mend = (
            "hanoi run --repeat-calendar, hoặc nhập GTFS mới",
            "hanoi run --repeat-calendar, or import a newer feed",
        )
        return found("calendar", "warn", text, mend)
    return ok("calendar", span)


def _doubts(city: CityFolder) -> list[Finding]:
    doubts = city.city.doubts
    if not doubts:
        return []
    more = f" (+{len(doubts) - 1})" if len(doubts) > 1 else ""
    mend = ("hanoi city show", "hanoi city show")
    return [found("doubts", "note", (doubts[0].vi + more, doubts[0].en + more), mend)]


def _processor() -> Finding:
    gpus = [*Path("/dev").glob("nvidia[0-9]*"), *Path("/dev/dri").glob("renderD*")]
    if gpus:
        return ok("graphics", ", ".join(map(str, gpus)))
    text = ("không có GPU: nhận dạng chạy trên CPU", "no GPU: detection runs on the processor")
    return found("graphics", "note", text)
