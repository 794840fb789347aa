import json

from click.testing import CliRunner

from services.cli import main


def test_a_small_package_is_timed_beside_plain_hashing() -> None:
    result = CliRunner().invoke(main, ["bench", "evidence", "--mebibytes", "1"], catch_exceptions=False)
    figures = {row["name"]: row for row in json.loads(result.stdout)["figures"]}
    assert figures.keys() == {"seal_ms", "verify_ms"}
    assert all(row["ours"] > 0 and row["ratio"] > 0 for row in figures.values())
