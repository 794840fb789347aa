"""Everything that lives, below one folder."""

from pathlib import Path

from services.run.place import place_environment
from services.run.process import child_environment
from services.settings import Settings


def test_the_folder_holds_log_store_media_tokens_and_keys(tmp_path: Path) -> None:
    environ = place_environment({}, tmp_path / "v", None)
    settings = Settings(environ)
    assert settings.place.stream_url == f"sqlite:///{tmp_path}/v/stream"
    assert settings.ingest.tokens_file == tmp_path / "v" / "tokens.json"
    assert settings.run.var_dir == tmp_path / "v"
    assert all(str(tmp_path) in value for value in environ.values())


def test_what_is_set_already_wins_but_what_was_asked_for_now_wins_over_it(tmp_path: Path) -> None:
    before = {"STREAM_URL": "kafka://broker:9092", "CITY_DIR": "/old", "HANOI_RUN_VAR_DIR": "/old"}
    environ = place_environment(before, tmp_path, tmp_path / "city", repeat_calendar=True)
    assert environ["STREAM_URL"] == "kafka://broker:9092"
    assert environ["CITY_DIR"] == str(tmp_path / "city")
    assert environ["HANOI_RUN_VAR_DIR"] == str(tmp_path)
    assert Settings(environ).run.repeat_calendar is True


def test_a_child_has_few_threads_unless_told_otherwise() -> None:
    environ = child_environment({"OMP_NUM_THREADS": "7"}, 1)
    assert environ["OMP_NUM_THREADS"] == "7"
    assert environ["OPENBLAS_NUM_THREADS"] == "1"
