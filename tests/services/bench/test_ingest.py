"""The benchmark of the doors runs on real servers and measures what it says."""

import json

from click.testing import CliRunner

from services.bench.ingest import ingest, p95_ms


def test_every_door_is_measured_beside_the_bare_handler() -> None:
    result = CliRunner().invoke(ingest, ["--count", "2000", "--seconds", "1"])
    assert result.exit_code == 0, result.output
    figures = {figure["name"]: figure for figure in json.loads(result.stdout)["figures"]}
    for door in ("ufms", "ufms-json", "gtfs-rt", "csv"):
        figure = figures[f"{door}_records_per_s"]
        assert figure["ours"] > 0
        assert figure["peer_value"] > 0
    assert 0.0 <= figures["mad_source_turned_away_share"]["ours"] <= 1.0
    assert figures["good_source_in_flood_p95_ms"]["ours"] < float("inf")


def test_a_source_that_was_never_taken_has_no_percentile() -> None:
    assert p95_ms([]) == float("inf")
    assert p95_ms([0.001] * 95 + [1.0] * 5) == 1000.0
