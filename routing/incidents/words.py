"""What a person reads of a candidate."""

from collections.abc import Sequence

from routing.incidents.odds import Piece
from schemas.text import Text

PEOPLE = {
    "report_driver": ("lái xe buýt", "bus driver", "bus drivers"),
    "report_rider": ("hành khách", "rider", "riders"),
    "report_staff": ("nhân viên", "member of staff", "members of staff"),
}

NOTHING_LEFT = Text(vi="Không còn dấu hiệu nào ở đây", en="Nothing speaks for it here any more")


def long_weak(seconds: float) -> Text:
    """Say that a candidate ends because its evidence has been thin for so long."""
    minutes = round(seconds / 60)
    return Text(
        vi=f"Suốt {minutes} phút chỉ còn dấu hiệu yếu, không đủ để nghi có sự cố",
        en=f"For {minutes} min only little has spoken for it, not enough to suspect an incident",
    )


def title_of(street: str) -> Text:
    """Return the title of a candidate on a street."""
    return Text(
        vi=f"Nghi có sự cố trên {street}" if street else "Nghi có sự cố trên đường chưa có tên",
        en=f"Possible incident on {street}" if street else "Possible incident on a road without a name",
    )


def sentence_of(kind: str, pieces: Sequence[Piece]) -> Text:
    """Say what all pieces of one kind say together."""
    count, most = len({p.source for p in pieces}), max(p.amount for p in pieces)
    lines = len({p.route_id for p in pieces if p.route_id})
    of_vi, of_en = (f" của {lines} tuyến", f" of {lines} line{'s' * (lines > 1)}") if lines else ("", "")
    buses = "bus" if count == 1 else "buses"
    if kind == "held":
        return Text(
            vi=f"{count} xe buýt{of_vi} đứng yên lâu bất thường, lâu nhất {most / 60:.1f} phút",
            en=f"{count} {buses}{of_en} standing unusually long, the longest {most / 60:.1f} min",
        )
    if kind == "slow":
        return Text(
            vi=f"{count} xe buýt{of_vi} đi chậm gấp {most:.1f} lần thường lệ",
            en=f"{count} {buses}{of_en} took {most:.1f} times as long as usual",
        )
    if kind == "camera_standing":
        return Text(
            vi=f"Camera thấy xe đứng yên {most / 60:.1f} phút", en=f"Camera: a vehicle stands for {most / 60:.1f} min"
        )
    if kind == "camera_flow":
        return Text(
            vi=f"Camera đếm được {100 * most:.0f} % lưu lượng thường lệ",
            en=f"Camera: flow is {100 * most:.0f} % of usual",
        )
    vi, one, many = PEOPLE.get(kind, ("người", "person", "people"))
    return Text(vi=f"{count} {vi} báo", en=f"{count} {one if count == 1 else many} reported it")


def join(sentences: Sequence[Text]) -> Text:
    """Put sentences into one."""
    return Text(vi="; ".join(s.vi for s in sentences), en="; ".join(s.en for s in sentences))
