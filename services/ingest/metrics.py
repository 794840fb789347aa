"""What the doors count, for Prometheus; one set a process, in the library's own registry."""

from prometheus_client import Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

RECORDS = Counter(
    "hanoi_ingest_records", "Records that came, by what became of them", ["source", "door", "outcome"]
)  # outcome: accepted, refused, other, repeated
OTHERS = Counter("hanoi_ingest_other_messages", "Messages that are no positions", ["source", "kind"])
REQUESTS = Counter("hanoi_ingest_requests", "Requests answered", ["door", "status"])
APPEND_SECONDS = Histogram(
    "hanoi_ingest_append_seconds",
    "Seconds until the log acknowledged a body's records",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
)
WAITING = Gauge("hanoi_ingest_waiting_records", "Records not acknowledged yet")
CLOCK_SKEW = Gauge(
    "hanoi_ingest_clock_skew_seconds", "How far the clocks of a source's vehicles are ahead of ours", ["source"]
)
LIMITED = Counter(
    "hanoi_ingest_limited", "How often a source met a limit", ["source", "limit"]
)  # limit: rate, inflight, queue, vehicles, letters, body, size
LETTERS_LEFT_OUT = Counter(
    "hanoi_ingest_letters_left_out", "Refused records counted but not kept as dead letters", ["source"]
)
PULLS = Counter("hanoi_ingest_pulls", "Times a feed was asked, by what came of it", ["source", "outcome"])
FEED_AGE = Gauge("hanoi_ingest_feed_age_seconds", "Age of a pulled feed by its own header", ["source"])
FAILURES_RUNNING = Gauge("hanoi_ingest_source_failures", "Failures of a source since it last worked", ["source"])
CONNECTED = Gauge("hanoi_ingest_mqtt_connected", "Whether a broker is listened to (1) or not (0)", ["source"])


def list_failing() -> list[str]:
    """List the fetched sources that fail at present."""
    samples = (sample for family in FAILURES_RUNNING.collect() for sample in family.samples)
    return sorted(sample.labels["source"] for sample in samples if sample.value > 0)


def text() -> bytes:
    """Return every figure of this process in Prometheus's text format."""
    return generate_latest()
