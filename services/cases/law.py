"""The law catalogue: which clause was in force on the date of the act.

Amounts and points as published for Decree 168/2024/NĐ-CP (in force since 2025-01-01); Decree
238/2026/NĐ-CP (since 2026-08-15) left the amounts of the clauses listed here unchanged. A lawyer has to check the
catalogue before anybody is fined by it.
"""

import datetime as dt
import functools
import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import msgspec

from schemas.text import Text

LAW_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DECREE_168_FROM = dt.date(2025, 1, 1)
LIMITATION_YEARS = 1

CAR = "car"
MOTORBIKE = "motorbike"
# How the detector names a road user → whose article applies; who is absent here has no clause listed.
ROAD_USERS = {
    "car": CAR,
    "truck": CAR,
    "bus": CAR,
    "van": CAR,
    "taxi": CAR,
    "motorbike": MOTORBIKE,
    "motorcycle": MOTORBIKE,
    "moped": MOTORBIKE,
}


@dataclass(frozen=True)
class Clause:
    """One point of one clause; ``in_force_to`` is the last day, ``None`` while it holds.

    ``fine_vnd`` is the band for a person, ``points`` the licence points of 12.
    """

    id: str
    rule: str
    road_user: str
    text: Text
    in_force_from: dt.date
    in_force_to: dt.date | None
    fine_vnd: tuple[int, int]
    points: int


@dataclass(frozen=True)
class ClauseFinding:
    """The clause in force on the date of the act, or a sentence saying why there is none."""

    clause: Clause | None
    reason: Text | None


def _decree_168(
    rule: str, road_user: str, place: str, act: tuple[str, str], fine_k: tuple[int, int], points: int
) -> Clause:
    article, number, point = place.split(".")
    low, high = (f"{amount / 1000:g}" for amount in fine_k)
    minus_vi = f", trừ {points} điểm giấy phép lái xe" if points else ""
    minus_en = f", {points} licence points" if points else ""
    return Clause(
        id=f"168/2024/NĐ-CP:{place}",
        rule=rule,
        road_user=road_user,
        text=Text(
            vi=f"Nghị định 168/2024/NĐ-CP, điểm {point} khoản {number} Điều {article}: {act[0]}; "
            f"phạt {low.replace('.', ',')}–{high.replace('.', ',')} triệu đồng{minus_vi}",
            en=f"Decree 168/2024/NĐ-CP, article {article}, clause {number}, point {point}: {act[1]}; "
            f"fine {low}–{high} million VND{minus_en}",
        ),
        in_force_from=DECREE_168_FROM,
        in_force_to=None,
        fine_vnd=(fine_k[0] * 1000, fine_k[1] * 1000),
        points=points,
    )


_RED = ("không chấp hành hiệu lệnh của đèn tín hiệu giao thông", "not obeying a traffic light")
_LINE = (
    "không chấp hành hiệu lệnh của vạch kẻ đường (dừng quá vạch)",
    "not obeying a road marking (over the stop line)",
)
_SIDE = ("đi không đúng phần đường hoặc làn đường quy định", "not on the prescribed part of the road or lane")
_WAY = (
    "đi ngược chiều của đường một chiều hoặc đường có biển cấm đi ngược chiều",
    "against a one-way road or a no-entry sign",
)

_TURN = ("rẽ trái hoặc rẽ phải tại nơi có biển cấm", "turning left or right where a sign forbids it")
_BACK = ("quay đầu xe tại nơi có biển cấm", "turning back where a sign forbids it")
_PAVEMENT = ("đi xe trên vỉa hè trái quy định", "driving on the pavement")
_STOP = ("dừng xe nơi có biển cấm dừng", "stopping where a sign forbids it")
_PARK = ("đỗ xe nơi có biển cấm đỗ", "parking where a sign forbids it")
_BUS_STOP = ("dừng, đỗ xe tại điểm dừng đón, trả khách của xe buýt", "stopping or parking at a bus stop")
_BOX = ("không chấp hành vạch kẻ đường (đứng trong vạch mắt võng)", "not obeying a road marking (standing in a box)")
_HELMET = ("người điều khiển không đội mũ bảo hiểm", "the rider wears no helmet")
_THREE = (
    "chở theo 2 người (trừ người bệnh cấp cứu, trẻ em dưới 12 tuổi, người già yếu)",
    "two passengers (sick people, children under 12 and the frail excepted)",
)

CLAUSES: tuple[Clause, ...] = (
    _decree_168("red_light", CAR, "6.9.b", _RED, (18_000, 20_000), 4),
    _decree_168("red_light", MOTORBIKE, "7.7.c", _RED, (4_000, 6_000), 4),
    _decree_168("stop_line", CAR, "6.1.a", _LINE, (400, 600), 0),
    _decree_168("stop_line", MOTORBIKE, "7.1.a", _LINE, (200, 400), 0),
    _decree_168("wrong_side", CAR, "6.5.b", _SIDE, (4_000, 6_000), 2),
    _decree_168("wrong_side", MOTORBIKE, "7.3.d", _SIDE, (600, 800), 0),
    _decree_168("wrong_way", CAR, "6.9.d", _WAY, (18_000, 20_000), 4),
    _decree_168("wrong_way", MOTORBIKE, "7.7.a", _WAY, (4_000, 6_000), 2),
    *(
        clause
        for rule in ("lane", "bus_lane", "brt_lane", "bus_lane_intrusion")
        for clause in (
            _decree_168(rule, CAR, "6.5.b", _SIDE, (4_000, 6_000), 2),
            _decree_168(rule, MOTORBIKE, "7.3.d", _SIDE, (600, 800), 0),
        )
    ),
    _decree_168("forbidden_turn", CAR, "6.4.k", _TURN, (2_000, 3_000), 0),
    _decree_168("forbidden_turn", MOTORBIKE, "7.3.a", _TURN, (600, 800), 0),
    _decree_168("u_turn", CAR, "6.4.k", _BACK, (2_000, 3_000), 0),
    _decree_168("u_turn", MOTORBIKE, "7.2.k", _BACK, (400, 600), 0),
    _decree_168("pavement_riding", CAR, "6.6.d", _PAVEMENT, (6_000, 8_000), 4),
    _decree_168("pavement_riding", MOTORBIKE, "7.7.a", _PAVEMENT, (4_000, 6_000), 2),
    _decree_168("no_stopping", CAR, "6.2.đ", _STOP, (600, 800), 0),
    _decree_168("no_stopping", MOTORBIKE, "7.2.e", _STOP, (400, 600), 0),
    _decree_168("no_parking", CAR, "6.3.e", _PARK, (800, 1_000), 0),
    _decree_168("no_parking", MOTORBIKE, "7.2.e", _PARK, (400, 600), 0),
    _decree_168("bus_stop_occupied", CAR, "6.3.đ", _BUS_STOP, (800, 1_000), 0),
    _decree_168("bus_stop_occupied", MOTORBIKE, "7.2.e", _BUS_STOP, (400, 600), 0),
    _decree_168("junction_blocking", CAR, "6.1.a", _BOX, (400, 600), 0),
    _decree_168("helmet", MOTORBIKE, "7.2.h", _HELMET, (400, 600), 0),
    _decree_168("too_many_riders", MOTORBIKE, "7.2.g", _THREE, (400, 600), 0),
)
# A speed read off a picture is no measurement of an approved device (Circular 73/2024): no clause may stand beside it.
SCREENING = Text(
    vi="Tốc độ do camera ước lượng chỉ để sàng lọc, không phải kết quả của thiết bị đã kiểm định: không có điều khoản.",
    en="A speed estimated by a camera only screens; it is no result of a calibrated device, so no clause applies.",
)


@functools.cache
def catalogue_sha256() -> str:
    """Return the SHA-256 of the catalogue, so that evidence tells by which one it was sealed."""
    return hashlib.sha256(msgspec.json.encode((ROAD_USERS, CLAUSES), order="sorted")).hexdigest()


def find_clause(rule: str, road_user: str, act_ms: int, now_ms: int) -> ClauseFinding:
    """Find the clause that was in force on the day of an act.

    Parameters
    ----------
    rule : str
        The rule's name, for instance ``red_light``.
    road_user : str
        As the detector names it, for instance ``car`` or ``motorcycle``.
    act_ms : int
        When the act happened, milliseconds since 1970, UTC; its day is Hanoi's.
    now_ms : int
        Now, to say whether the year of limitation has passed.

    Returns
    -------
    ClauseFinding
        The clause, with a reason where there is something to say about it.
    """
    if rule == "speed_screening":
        return ClauseFinding(None, SCREENING)
    day = act_day(act_ms)
    article = ROAD_USERS.get(road_user)
    known = [clause for clause in CLAUSES if clause.rule == rule and clause.road_user == article]
    if not known:
        return ClauseFinding(
            None,
            Text(
                vi=f"Danh mục chưa có điều khoản nào cho quy tắc “{rule}” và loại phương tiện “{road_user}”.",
                en=f"The catalogue has no clause for the rule “{rule}” and the road user “{road_user}”.",
            ),
        )
    clause = next(
        (c for c in known if c.in_force_from <= day and (c.in_force_to is None or day <= c.in_force_to)), None
    )
    if clause is None:
        first = min(c.in_force_from for c in known)
        return ClauseFinding(
            None,
            Text(
                vi=f"Hành vi ngày {day:%d/%m/%Y}: không có điều khoản nào trong danh mục có hiệu lực vào ngày đó "
                f"(Nghị định 168/2024/NĐ-CP có hiệu lực từ {first:%d/%m/%Y}).",
                en=f"Act of {day.isoformat()}: no clause of the catalogue was in force on that day "
                f"(Decree 168/2024/NĐ-CP is in force from {first.isoformat()}).",
            ),
        )
    return ClauseFinding(clause, _limitation(day, act_day(now_ms)))


def act_day(time_ms: int) -> dt.date:
    """Return the day in Hanoi of a moment in milliseconds since 1970, UTC."""
    return dt.datetime.fromtimestamp(time_ms / 1000, LAW_ZONE).date()


def _limitation(day: dt.date, today: dt.date) -> Text | None:
    last = _year_after(day)
    if today <= last:
        return None
    return Text(
        vi=f"Đã hết thời hiệu xử phạt 1 năm vào {last:%d/%m/%Y}.",
        en=f"The limitation of one year ended on {last.isoformat()}.",
    )


def _year_after(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + LIMITATION_YEARS)
    except ValueError:  # 29 February
        return dt.date(day.year + LIMITATION_YEARS, 3, 1)
