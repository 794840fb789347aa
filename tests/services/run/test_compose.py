"""`compose.yaml` starts what the one table of services names, from images by plain names."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.run.services import SERVICES
from services.settings import known_names

ROOT = Path(__file__).parents[3]
PLAIN = {"STREAM_URL", "DATABASE_URL", "MEDIA_URL", "CITY_DIR"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


def test_each_service_has_one_container(services: dict[str, Any]) -> None:
    assert services.keys() == SERVICES.keys() | {"kafka", "postgis", "prepare"}
    for name in SERVICES:
        assert services[name]["command"] == ["python", "-m", "services.run.child", name]


def test_images_are_named_without_a_registry(services: dict[str, Any]) -> None:
    for service in services.values():
        assert "." not in service["image"].split("/")[0]


def test_what_others_wait_for_says_when_it_is_healthy(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            assert wait["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_every_setting_is_one_there_is(services: dict[str, Any]) -> None:
    for name in (*SERVICES, "prepare"):
        assert services[name]["environment"].keys() <= known_names().keys() | PLAIN
