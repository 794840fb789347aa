"""The two ways to run, so that each scenario is told once and lived twice."""

from pathlib import Path

import pytest

from tests.data import shared_data
from tests.scenarios.living import run_hanoi


@pytest.fixture(params=["embedded", pytest.param("distributed", marks=[pytest.mark.kafka, pytest.mark.postgis])])
def places(request: pytest.FixtureRequest) -> dict[str, str]:
    """STREAM_URL and DATABASE_URL of one way to run."""
    if request.param == "embedded":
        return {}
    return {
        "STREAM_URL": request.getfixturevalue("empty_kafka_url"),
        "DATABASE_URL": request.getfixturevalue("postgis_url"),
    }


@pytest.fixture(scope="session")
def washington(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Washington's two routes: a timetable and nothing else."""
    out = tmp_path_factory.mktemp("washington") / "city"
    run_hanoi("city", "import", "--gtfs", str(shared_data("wmata", "gtfs.zip")), "--out", str(out))
    return out


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city of `make run` with its first lines, so that two cores live many of them in one suite."""
    out = tmp_path_factory.mktemp("sample") / "city"
    run_hanoi("sample", "build", "--out", str(out), "--seed", "1", "--lines", "27")
    return out


@pytest.fixture(scope="session")
def junction(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One real Hanoi junction camera and no buses."""
    folder = tmp_path_factory.mktemp("junction")
    clip = shared_data("cameras", "hn_lythuongkiet_hangbai_20220925_164147_640x480_6fps.mp4")
    text = (Path(__file__).parents[1] / "vision" / "cameras" / "ly_thuong_kiet.yaml").read_text(encoding="utf-8")
    lines = [f"source: {clip}" if line.startswith("source:") else line for line in text.splitlines()]
    camera = folder / "ly_thuong_kiet.yaml"
    camera.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_hanoi("city", "import", "--cameras", str(camera), "--out", str(folder / "city"))
    return folder / "city"
