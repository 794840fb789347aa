"""`compose.yaml` starts what the one table of services names, from images by plain names."""

import re
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
    assert services.keys() == SERVICES.keys() | {"kafka", "postgis", "prepare", "prometheus", "grafana"}
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


def test_everything_that_stays_comes_back_is_bounded_and_says_how_it_is(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["restart"] in ("unless-stopped", "on-failure"), name
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name
        ours = service["image"] == "hanoi-traffic"
        assert ours or "healthcheck" in service, name  # ours have the image's own
        assert not ours or (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"]), name


def test_the_image_runs_as_nobody_special_and_asks_the_health_of_its_service() -> None:
    lines = (ROOT / "infra" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER city" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    text = "\n".join(lines)
    port = re.search(r"HANOI_HEALTH_PORT=(\d+)", text)
    assert port is not None
    assert f"EXPOSE {port[1]}" in lines
    scrape = yaml.safe_load((ROOT / "infra" / "prometheus" / "compose.yml").read_text(encoding="utf-8"))
    (found,) = scrape["scrape_configs"][0]["dns_sd_configs"]
    assert (found["port"], sorted(found["names"])) == (int(port[1]), sorted(SERVICES))
    assert set(re.findall(r"HANOI_\w+(?==)", text)) <= known_names().keys()


def test_every_volume_and_file_named_is_there(services: dict[str, Any]) -> None:
    volumes = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["volumes"].keys()
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in volumes
