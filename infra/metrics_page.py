"""Writes `docs/metrics.md`, the list of every figure the processes tell: `python infra/metrics_page.py`."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "metrics.md"
HEAD = """# Figures · Các chỉ số

Every process of `hanoi run` serves them on `/metrics` (the ports stand in `var/run/prometheus/hanoi.json`), in a
container on port 8020. Counters end in `_total`; of a histogram there are `_bucket`, `_sum` and `_count`. Alarms on
them are in [alarms.md](alarms.md).
Written by `infra/metrics_page.py` from the figures' own descriptions.

| figure | kind | labels | meaning |
|---|---|---|---|
"""


def as_text() -> str:
    """Return the page."""
    from prometheus_client import REGISTRY
    from prometheus_client.metrics import MetricWrapperBase

    for path in sorted((ROOT / "services").glob("*/metrics.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    rows = []
    for collector in REGISTRY._collector_to_names:
        if isinstance(collector, MetricWrapperBase) and collector._name.startswith("hanoi_"):
            name = collector._name + ("_total" if collector._type == "counter" else "")
            labels = ", ".join(collector._labelnames)
            rows.append(f"| `{name}` | {collector._type} | {labels} | {collector._documentation.rstrip('.')} |")
    return HEAD + "\n".join(sorted(rows)) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    FILE.write_text(as_text(), encoding="utf-8")
