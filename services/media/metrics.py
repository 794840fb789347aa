"""What the media store tells Prometheus; each process tells what it last saw."""

from prometheus_client import Counter, Gauge

USED_BYTES = Gauge("hanoi_media_used_bytes", "Bytes of all files of the media store.")
LIMIT_BYTES = Gauge("hanoi_media_limit_bytes", "Bytes the media store may hold; 0 where there is no limit.")
HELD_BYTES = Gauge("hanoi_media_held_bytes", "Bytes of files on hold, which never go by themselves.")
REFUSED = Counter(
    "hanoi_media_refused_total",
    "Files that found no room: disk (it is full), held (all that could go is on hold), size (larger than the limit).",
    ["reason"],
)
