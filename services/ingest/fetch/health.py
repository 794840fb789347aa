"""What is known of the health of a feed that never came: the tracker, which scores all others, has not heard of it."""

from schemas.feed import FeedHealth
from schemas.message import encode
from schemas.position import Quality
from schemas.text import Text
from services.stream.base import Outgoing

TOPIC = "feeds.health"
# kind of failure → what people are told
WORDS = {
    "timeout": Text(vi="quá giờ", en="it does not answer in time"),
    "connection": Text(vi="không kết nối được", en="no connection"),
    "cut-off": Text(vi="trả lời bị ngắt", en="its answers are cut off"),
    "too-large": Text(vi="trả lời quá lớn", en="its answers are too large"),
    "wrong-type": Text(vi="trả lời không phải bản tin", en="it answers with something else than a feed"),
    "unreadable": Text(vi="bản tin không đọc được", en="its answers cannot be read"),
    "redirects": Text(vi="chuyển hướng liên tục", en="it is redirected again and again"),
    "status-4xx": Text(vi="máy chủ từ chối", en="its server refuses us"),
    "status-5xx": Text(vi="máy chủ bị lỗi", en="its server is at fault"),
}


def never_came(source: str, kind: str, failures: int, now_ms: int) -> Outgoing | None:
    """Return the health of a feed that could not be fetched once, ``None`` where the fault is our own.

    Parameters
    ----------
    source : str
        The feed.
    kind : str
        How it failed last.
    failures : int
        How often.
    now_ms : int
        Now.

    Returns
    -------
    Outgoing or None
        For ``feeds.health``.
    """
    words = WORDS.get(kind)
    if words is None:
        return None
    health = FeedHealth(
        source=source,
        time_ms=now_ms,
        newest_fix_ms=None,
        fixes=0,
        vehicles=0,
        vehicles_live=0,
        delay_p50_s=0.0,
        quality=Quality(correct=0.0, complete=0.0, clean=0.0, live=0.0),
        worst=Text(
            vi=f"chưa lấy được nguồn này, đã thử {failures} lần: {words.vi}",
            en=f"this feed never came, tried {failures} times: {words.en}",
        ),
    )
    return Outgoing(TOPIC, source.encode(), encode(health))
