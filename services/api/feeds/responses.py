"""What the API tells developers about the open feeds."""

from dataclasses import dataclass

from schemas.text import Text
from services.api.feeds.published import NAMES, Edition
from services.api.feeds.static import StaticFeed
from services.api.responses import Model, TextOut
from services.api.timetable import CityTimetable


@dataclass(frozen=True)
class OpenFeed:
    """One feed: where it is, its standard and what is in it."""

    id: str
    standard: str
    forms: tuple[tuple[str, str], ...]
    text: Text
    experimental: bool = False


PROTOBUF, JSON, XML = "application/x-protobuf", "application/json", "application/xml"


def _gtfs_rt(name: str, vi: str, en: str, *, experimental: bool = False) -> OpenFeed:
    forms = ((f"/gtfs-rt/{name}.pb", PROTOBUF), (f"/gtfs-rt/{name}.json", JSON))
    return OpenFeed(name, "GTFS-realtime 2.0", forms, Text(vi=vi, en=en), experimental)


OPEN_FEEDS = (
    _gtfs_rt("vehicle-positions", "Vị trí mới nhất của từng xe", "The newest position of every bus"),
    _gtfs_rt("trip-updates", "Giờ đến dự kiến, chuyến không chạy", "Predicted arrivals, and trips that do not come"),
    _gtfs_rt("alerts", "Thông báo cho hành khách", "What riders should know"),
    _gtfs_rt(
        "trip-modifications",
        "Đường vòng: đường xe chạy và trạm không phục vụ",
        "Detours: the way driven and the stops left out",
        experimental=True,
    ),
    OpenFeed(
        "siri-vm",
        "SIRI 2.1",
        (("/siri/vm.xml", XML),),
        Text(vi="Vị trí xe trên chuyến (SIRI VM)", en="Buses on their trips (SIRI VM)"),
    ),
    OpenFeed(
        "siri-sm",
        "SIRI 2.1",
        (("/siri/sm.xml?MonitoringRef={stop_id}", XML),),
        Text(vi="Xe sắp đến một trạm (SIRI SM)", en="What comes to one stop (SIRI SM)"),
    ),
    OpenFeed(
        "siri-et",
        "SIRI 2.1",
        (("/siri/et.xml", XML),),
        Text(
            vi="Giờ dự kiến của các chuyến, chuyến không chạy (SIRI ET)",
            en="Expected times of trips, trips nobody runs (SIRI ET)",
        ),
    ),
    OpenFeed(
        "siri-sx",
        "SIRI 2.1",
        (("/siri/sx.xml", XML),),
        Text(vi="Thông báo cho hành khách (SIRI SX)", en="What riders should know (SIRI SX)"),
    ),
    OpenFeed(
        "datex-situations",
        "DATEX II v3",
        (("/datex2/situations.xml", XML),),
        Text(vi="Sự cố và đường cấm đã được xác minh", en="Verified incidents and closures"),
    ),
    OpenFeed(
        "datex-traffic",
        "DATEX II v3",
        (("/datex2/traffic.xml", XML),),
        Text(vi="Tốc độ trên các đoạn đường có xe báo về", en="Speeds of the roads that vehicles report from"),
    ),
    OpenFeed(
        "datex-measured",
        "DATEX II v3",
        (("/datex2/sites.xml", XML), ("/datex2/measured.xml", XML)),
        Text(vi="Camera đếm xe: nơi đếm và số đếm được", en="Cameras that count: where, and what was counted"),
    ),
    OpenFeed(
        "cifs",
        "Waze CIFS",
        (("/cifs/incidents.json", JSON),),
        Text(vi="Đường cấm và nguy hiểm cho Waze", en="Closures and hazards for Waze"),
    ),
    OpenFeed(
        "wzdx",
        "WZDx 4.2",
        (("/wzdx/4.2/closures.geojson", "application/geo+json"),),
        Text(vi="Đường cấm dạng GeoJSON", en="Closures as GeoJSON"),
    ),
    OpenFeed(
        "cap",
        "CAP 1.2",
        (("/cap/alerts", JSON), ("/cap/alerts/{incident_id}.xml", XML)),
        Text(vi="Cảnh báo: mỗi sự cố một bản tin", en="Alerts, one message an incident"),
    ),
)


class FormOut(Model):
    """One way to get a feed."""

    path: str
    media_type: str


class OpenFeedOut(Model):
    """One feed; ``entities`` is how many things it tells of now, where it counts them."""

    id: str
    standard: str
    text: TextOut
    experimental: bool
    forms: list[FormOut]
    entities: int | None


class StaticOut(Model):
    """The timetable that every id refers to; first and last day of its calendar as ``YYYYMMDD``."""

    path: str
    sha256: str
    bytes: int
    version: str | None
    modified_ms: int
    timezone: str
    first_date: str | None
    last_date: str | None


class OpenFeedsOut(Model):
    """Everything that is open to other people's apps."""

    made_ms: int
    refresh_s: int
    static: StaticOut | None
    feeds: list[OpenFeedOut]


def open_feeds_out(edition: Edition, static: StaticFeed | None, timetable: CityTimetable) -> OpenFeedsOut:
    """Return the list of feeds with what is in them now."""
    return OpenFeedsOut(
        made_ms=edition.moment.now_ms,
        refresh_s=5,
        static=None if static is None else _static_out(static, timetable),
        feeds=[_feed_out(feed, edition) for feed in OPEN_FEEDS],
    )


def _feed_out(feed: OpenFeed, edition: Edition) -> OpenFeedOut:
    return OpenFeedOut(
        id=feed.id,
        standard=feed.standard,
        text=TextOut.model_validate(feed.text),
        experimental=feed.experimental,
        forms=[FormOut(path=path, media_type=media_type) for path, media_type in feed.forms],
        entities=len(edition.message(feed.id).entity) if feed.id in NAMES else None,
    )


def _static_out(static: StaticFeed, timetable: CityTimetable) -> StaticOut:
    table = timetable.table
    span = None if table is None else table.calendar.span
    return StaticOut(
        path="/gtfs/static.zip",
        sha256=static.sha256,
        bytes=static.size,
        version=static.version,
        modified_ms=round(static.modified_s * 1000),
        timezone="" if table is None else table.timezone,
        first_date=None if span is None else span[0],
        last_date=None if span is None else span[1],
    )
