"""What the store tells Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

ROWS = Counter("hanoi_store_rows_total", "Rows handed to each table; repeated ones count again.", ["table"])
WRITE_S = Histogram(
    "hanoi_store_write_seconds",
    "Seconds of one writing transaction, commit included.",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
)
SIZE_BYTES = Gauge("hanoi_store_size_bytes", "Bytes of the database on its disk, as last measured by the archive.")
ERRORS = Counter(
    "hanoi_store_errors_total", "Transactions that failed: unavailable, full, newer_schema or other.", ["kind"]
)
