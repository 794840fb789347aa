"""What each cleaning rule says of a source, in words."""

from fleet.cleaning.recent import Counts
from schemas.text import Text

NAMED = 3
WORDS = {
    "null_island": Text(vi="{n} bản tin không có toạ độ (0, 0)", en="{n} reports without a position (0, 0)"),
    "frozen_clock": Text(
        vi="{n} bản tin từ xe đang chạy mà đồng hồ đứng yên", en="{n} reports of moving buses whose clock stands still"
    ),
    "other_zone": Text(
        vi="{n} bản tin lệch tròn giờ hoặc nửa giờ: sai múi giờ?",
        en="{n} reports whole or half hours off: another time zone?",
    ),
    "week_rollover": Text(
        vi="{n} bản tin lùi 1.024 tuần: bộ thu GPS đếm lại tuần từ đầu",
        en="{n} reports 1,024 weeks old: a GPS receiver that counts weeks anew",
    ),
    "zone_ahead": Text(
        vi="{n} bản tin nhanh tròn giờ hoặc nửa giờ, đã chỉnh lại: sai múi giờ?",
        en="{n} reports whole or half hours ahead, set right: another time zone?",
    ),
    "one_time": Text(
        vi="mọi xe cùng một giờ trong từng bản tin: có lẽ là giờ của bản tin, không phải của xe ({n} bản tin)",
        en="all vehicles bear one time in each message, maybe the message's and not their own ({n} reports)",
    ),
    "future": Text(vi="{n} bản tin có giờ ở tương lai", en="{n} reports from the future"),
    "stale": Text(vi="{n} bản tin cũ hơn một giờ", en="{n} reports older than an hour"),
    "swapped_axes": Text(vi="{n} bản tin đảo kinh độ và vĩ độ", en="{n} reports with longitude and latitude swapped"),
    "flipped_sign": Text(vi="{n} bản tin sai dấu kinh độ hoặc vĩ độ", en="{n} reports with a flipped sign"),
    "outside_area": Text(vi="{n} bản tin ở ngoài thành phố", en="{n} reports outside the city"),
    "duplicate": Text(vi="{n} bản tin trùng lặp", en="{n} repeated reports"),
    "late": Text(vi="{n} bản tin đến sai thứ tự", en="{n} reports out of order"),
    "impossible_jump": Text(vi="{n} bước nhảy vị trí phi lý", en="{n} impossible jumps"),
    "repeated_position": Text(vi="{n} vị trí bị treo", en="{n} frozen positions"),
}


def say_worst(counts: Counts) -> Text | None:
    """Say which rule spoke most and of which vehicles, nothing where it spoke of less than a hundredth.

    Parameters
    ----------
    counts : Counts
        What a source sent.

    Returns
    -------
    Text or None
        One sentence.
    """
    if not counts.rules:
        return None
    rule, number = max(counts.rules.items(), key=lambda item: (item[1], item[0]))
    if number * 100 < counts.fixes:
        return None
    names = sorted((-count, name) for (name, of), count in counts.at_fault.items() if of == rule)
    named, rest = ", ".join(name for _, name in names[:NAMED]), len(names) - NAMED
    vi, en = (f"{named} và {rest} xe khác", f"{named} and {rest} more") if rest > 0 else (named, named)
    return Text(
        vi=WORDS[rule].vi.format(n=number) + (f" ({vi})" if vi else ""),
        en=WORDS[rule].en.format(n=number) + (f" ({en})" if en else ""),
    )
