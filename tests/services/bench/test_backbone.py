"""`hanoi bench stream` and `bench store` print the figures that others rely on."""

import json

import pytest
from click.testing import CliRunner

from services.cli import main

KEYS = {"name", "unit", "ours", "peer", "peer_value", "ratio", "goal"}


def figures(*words: str) -> dict[str, dict[str, object]]:
    done = CliRunner().invoke(main, ["bench", *words])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert report.keys() == {"bench", "machine", "figures", "peak_mib"}
    assert report["bench"] == words[0]
    assert all(figure.keys() == KEYS for figure in report["figures"])
    return {figure["name"]: figure for figure in report["figures"]}


def test_the_stream_is_timed_embedded() -> None:
    named = figures("stream", "--count", "2000")
    assert {"embedded_consume_validate_per_s", "embedded_produce_per_s", "runner_overhead_us"} <= named.keys()


@pytest.mark.kafka
def test_the_stream_is_timed_on_kafka_beside_the_raw_client(kafka_url: str) -> None:
    named = figures("stream", "--count", "2000", "--kafka", kafka_url)
    assert {"kafka_consume_validate_per_s", "kafka_produce_per_s"} <= named.keys()
    assert isinstance(named["kafka_consume_validate_per_s"]["ratio"], float)


def test_the_store_is_timed_on_sqlite() -> None:
    assert isinstance(figures("store", "--count", "2000")["sqlite_rows_per_s"]["ratio"], float)


@pytest.mark.postgis
def test_the_store_is_timed_on_postgis_beside_raw_copy(postgis_url: str) -> None:
    named = figures("store", "--count", "2000", "--postgis", postgis_url)
    assert isinstance(named["postgis_rows_per_s"]["ratio"], float)


@pytest.mark.parametrize(
    "words", [("stream", "--kafka", "kafka://127.0.0.1:9"), ("store", "--postgis", "postgresql://127.0.0.1:9/x")]
)
def test_a_part_that_is_away_is_named(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stream.kafka_client.BOOTSTRAP_TIMEOUT_MS", 300)
    done = CliRunner().invoke(main, ["bench", *words, "--count", "1000"])
    assert done.exit_code == 1
    assert "127.0.0.1" in done.output
