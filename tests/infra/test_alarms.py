"""Rules, their page and the dashboard say the same, of figures that exist."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from infra import metrics_page
from infra.grafana import dashboard
from tests.data import ROOT

PROMETHEUS = ROOT / "infra" / "prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
PAGE = (ROOT / "docs" / "alarms.md").read_text(encoding="utf-8")
OF_PROMETHEUS = {"process_resident_memory_bytes", "process_cpu_seconds_total"}


def alarms() -> dict[str, dict[str, Any]]:
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


ALARMS = alarms()


def metrics_of(text: str) -> set[str]:
    return set(re.findall(r"\b(?:hanoi|process)_[a-z_]+", text))


def figures_there_are() -> set[str]:
    for path in sorted((ROOT / "services").glob("*/metrics.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
    return {m.name + end for m in REGISTRY.collect() for end in suffixes.get(m.type, ())} | OF_PROMETHEUS


FIGURES = figures_there_are()


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_asks_for_figures_that_exist(name: str) -> None:
    asked = metrics_of(ALARMS[name]["expr"])
    assert asked <= FIGURES
    assert asked or "up{" in ALARMS[name]["expr"]


def test_every_figure_of_the_dashboard_exists() -> None:
    queries = [query for lines in dashboard.ROWS.values() for _, _, query, _ in lines]
    assert metrics_of(" ".join(queries)) <= FIGURES


def test_the_dashboard_file_is_the_one_the_script_writes() -> None:
    assert dashboard.FILE.read_text(encoding="utf-8") == dashboard.as_text()
    panels = dashboard.dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(places)) == len(places)


def test_every_figure_stands_on_its_page_with_its_meaning() -> None:
    ours = {f"| `{figure}` |" for figure in re.findall(r"^\| `(hanoi_\w+)` \|", metrics_page.as_text(), re.MULTILINE)}
    assert len(ours) > 30
    page = metrics_page.FILE.read_text(encoding="utf-8")
    assert [figure for figure in sorted(ours) if figure not in page] == []


def sections() -> dict[str, str]:
    parts = re.split(r"^### (\w+)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_each_alarm_has_its_section_and_each_section_its_alarm() -> None:
    assert sections().keys() == ALARMS.keys()


@pytest.mark.parametrize("name", ALARMS)
def test_a_section_says_what_it_means_what_people_see_what_to_do_and_whom_to_call(name: str) -> None:
    text, rule = sections()[name], ALARMS[name]
    assert all(f"**{word}:**" in text for word in ("Means", "People see", "First", "Call"))
    assert "```sh" in text
    assert f"*{rule['labels']['severity']}*" in text
    assert rule["annotations"]["runbook"] == f"docs/alarms.md#{name.lower()}"
    for sentence in (rule["annotations"]["summary"], rule["annotations"]["summary_vi"]):
        assert re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda m: m[1].upper(), sentence) in text


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_each_alarm_is_tried_well_and_ill(path: Path) -> None:
    tests = yaml.safe_load((PROMETHEUS / "tests" / path.name).read_text(encoding="utf-8"))["tests"]
    tried: dict[str, set[bool]] = {}
    for test in tests:
        for case in test["alert_rule_test"]:
            tried.setdefault(case["alertname"], set()).add(bool(case["exp_alerts"]))
    rules = [rule["alert"] for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]
    assert tried == {rule: {True, False} for rule in rules}


def test_the_dashboard_is_json_of_one_object() -> None:
    assert json.loads(dashboard.as_text())["title"] == "hanoi-traffic"
