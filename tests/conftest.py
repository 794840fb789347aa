"""Fixtures of every test."""

from tests.real_parts import kafka_url, new_postgis_url, postgis_server, postgis_url

__all__ = ["kafka_url", "new_postgis_url", "postgis_server", "postgis_url"]
