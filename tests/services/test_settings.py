"""Settings are typed, strict, and all problems come together."""

import pytest

from services.settings import Settings, SettingsError


def test_defaults_hold_where_nothing_is_set() -> None:
    settings = Settings({})
    assert settings.api.port == 8000
    assert settings.place.stream_url.startswith("sqlite:")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="HANOI_API_PROT"):
        Settings({"HANOI_API_PROT": "1"})


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(SettingsError) as error:
        Settings({"HANOI_API_PORT": "80000", "HANOI_INGEST_MAX_BODY_MIB": "-1", "HANOI_X": "1"})
    assert all(name in str(error.value) for name in ("HANOI_API_PORT", "HANOI_INGEST_MAX_BODY_MIB", "HANOI_X"))


def test_a_name_of_another_program_is_none_of_our_business() -> None:
    assert (
        Settings({"PATH": "/bin", "STREAM_URL": "kafka://127.0.0.1:9092"}).place.stream_url == "kafka://127.0.0.1:9092"
    )
