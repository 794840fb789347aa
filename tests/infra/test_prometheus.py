"""A real Prometheus finds the processes in the supervisor's file and fires."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.health import Board, HealthServer
from services.run import metrics
from services.run.targets import TargetsFile
from tests.data import ROOT, judge
from tests.real_parts import free_port

DEADLINE_S = 60.0


def find_prometheus() -> str:
    if found := shutil.which("prometheus"):
        return found
    subprocess.run(["bash", str(judge("prom.sh")), "config", str(ROOT / "infra/prometheus/prometheus.yml")], check=True)
    home = Path(
        os.environ.get("JUDGES_HOME", Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "judges")
    )
    path = home / "deb-prometheus" / "x" / "usr" / "bin" / "prometheus"
    if not path.exists():
        pytest.skip(f"REAL PROMETHEUS ABSENT: {path}")
    return str(path)


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    failing = metrics.FAILING.labels("test-service")
    failing.set(1)
    server = HealthServer("127.0.0.1", 0, Board([]).report)
    TargetsFile(tmp_path / "run").write({"run": server.port})
    port = free_port()
    process = subprocess.Popen(
        [str(ROOT / "infra" / "prometheus" / "start.sh"), str(tmp_path), str(port)],
        env={**os.environ, "PROMETHEUS": find_prometheus()},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )

    def ask(what: str) -> Any:
        with contextlib.suppress(httpx.TransportError, KeyError, ValueError):  # says no JSON until it is ready
            return httpx.get(f"http://127.0.0.1:{port}/api/v1/{what}", trust_env=False).json()["data"]
        return {}

    yield ask
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)
    server.close()
    failing.set(0)


@pytest.mark.judge
def test_an_alarm_of_a_failing_service_fires_with_both_languages_and_the_page(prometheus: Callable[[str], Any]) -> None:
    end_s = time.monotonic() + DEADLINE_S
    firing: list[dict[str, Any]] = []
    while not firing and time.monotonic() < end_s:
        alerts = prometheus("alerts").get("alerts", [])
        firing = [
            alert for alert in alerts if alert["state"] == "firing" and alert["labels"].get("service") == "test-service"
        ]
        time.sleep(0.1)
    assert firing[0]["labels"]["alertname"] == "ServiceFailing"
    assert firing[0]["annotations"] == {
        "summary": "Service test-service dies again and again.",
        "summary_vi": "Dịch vụ test-service liên tục bị lỗi.",
        "runbook": "docs/alarms.md#servicefailing",
    }
    (target,) = prometheus("targets")["activeTargets"]
    assert (target["health"], target["labels"]["process"]) == ("up", "run")
