"""Replays that several tests look at, made once a session."""

import gzip
import itertools
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import main
from services.sample.build import build_sample
from services.sample.lines import LINES
from tests.data import shared_data

ROWS = 5000
SAMPLE_MS = 1_767_575_100_000


def hanoi(*words: object) -> str:
    """Run a command that must succeed and return what it printed."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="session")
def afternoon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first hour and a half of Washington."""
    path = tmp_path_factory.mktemp("recording") / "positions.csv"
    with gzip.open(shared_data("wmata", "vehicle_positions_2026-02-16_C53_D96.csv.gz"), "rt") as whole:
        path.write_text("".join(itertools.islice(whole, ROWS + 1)))
    return path


@pytest.fixture(scope="session")
def replayed(afternoon: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Washington as its feed names trips."""
    out = tmp_path_factory.mktemp("replay") / "out"
    hanoi("replay", "--gtfs", shared_data("wmata", "gtfs.zip"), "--positions", afternoon, "--out", out)
    return out


@pytest.fixture(scope="session")
def replayed_hidden(afternoon: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Washington as if its feed named none."""
    out = tmp_path_factory.mktemp("replay") / "hidden"
    feed = shared_data("wmata", "gtfs.zip")
    hanoi("replay", "--gtfs", feed, "--positions", afternoon, "--out", out, "--hide-trips")
    return out


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight lines of the sample city."""
    out = tmp_path_factory.mktemp("sample") / "city"
    build_sample(out, seed=1, now_ms=SAMPLE_MS, lines=LINES[:8])
    return out


@pytest.fixture(scope="session")
def simulated(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty of its buses, 24 minutes, no faults: ``truth.jsonl`` and ``replay``, with the roster but no trips."""
    out = tmp_path_factory.mktemp("simulated")
    hanoi("simulate", "--city", small_city, "--out", out, "--from", "2026-01-05T10:00", "--hours", "0.4",
          "--buses", "30", "--faults", "none", "--incidents", "none", "--weather", "dry")  # fmt: skip
    hanoi("replay", "--gtfs", small_city / "gtfs.zip", "--positions", out / "fixes.jsonl", "--hide-trips",
          "--out", out / "replay", "--roster", out / "roster.csv")  # fmt: skip
    return out
