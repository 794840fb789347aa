"""Prometheus's and Grafana's own judges read our files."""

import subprocess
from pathlib import Path

import pytest

from tests.data import ROOT, judge

PROMETHEUS = ROOT / "infra" / "prometheus"


def run(script: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        ["bash", str(judge(script)), *map(str, arguments)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.judge
def test_promtool_takes_rules_and_configuration() -> None:
    run("prom.sh", "rules", *sorted((PROMETHEUS / "rules").glob("*.yml")))
    run("prom.sh", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.judge
def test_promtool_sees_each_alarm_fire_when_it_should_and_only_then() -> None:
    run("prom.sh", "test", *sorted((PROMETHEUS / "tests").glob("*.yml")))


@pytest.mark.judge
def test_grafana_takes_the_dashboard() -> None:
    assert "types ok" in run("grafana.sh", ROOT / "infra" / "grafana" / "city.json")
