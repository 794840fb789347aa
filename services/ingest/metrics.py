"""What the doors count, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class IngestMetrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.records = Counter(
            "ingest_records", "Records that came through a door", ["source", "door", "outcome"], registry=self.registry
        )
        self.requests = Counter("ingest_requests", "Requests answered", ["door", "status"], registry=self.registry)
        self.append_seconds = Histogram(
            "ingest_append_seconds",
            "Seconds until the log acknowledged a request's records",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
            registry=self.registry,
        )
        self.waiting = Gauge("ingest_waiting_records", "Records not acknowledged yet", registry=self.registry)

    def text(self) -> bytes:
        """Return every figure in Prometheus's text format."""
        return generate_latest(self.registry)
