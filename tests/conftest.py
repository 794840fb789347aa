"""Fixtures of every test."""

import pytest

from tests.real_parts import (
    empty_kafka_url,
    kafka_url,
    migrated_postgis_url,
    new_postgis_url,
    postgis_server,
    postgis_templates,
    postgis_url,
    s3_server,
    s3_url,
)

__all__ = [
    "empty_kafka_url",
    "kafka_url",
    "migrated_postgis_url",
    "new_postgis_url",
    "postgis_server",
    "postgis_templates",
    "postgis_url",
    "s3_server",
    "s3_url",
]


def pytest_configure(config: pytest.Config) -> None:
    """Keep a known complaint of kafka-python's own code out of the summary."""
    for name in ("read_text", "open_text"):
        config.addinivalue_line("filterwarnings", f"ignore:{name} is deprecated:DeprecationWarning")
