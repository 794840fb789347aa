"""What the documents say exists: settings, commands, camera files, links."""

import re
from pathlib import Path

import pytest

from services.cli import COMMANDS, GROUP_HELP
from tests.data import ROOT
from vision.camera import LIMITS, parse_camera

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_the_camera_file_of_the_page_is_read_without_a_fault() -> None:
    text = (ROOT / "docs" / "camera.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    assert parse_camera(block[1].encode()).id == "C-058"


def test_every_limit_of_a_camera_stands_on_its_page_with_its_default() -> None:
    text = (ROOT / "docs" / "camera.md").read_text(encoding="utf-8")
    assert {name: float(value) for name, value in re.findall(r"\| `(\w+)` \| ([\d.]+) \|", text)} == LIMITS


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not link.startswith("http") and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_hanoi_command_of_a_page_exists(page: Path) -> None:
    known = {*COMMANDS, *GROUP_HELP}
    wrong = []
    for said in re.findall(r"`hanoi ([a-z][a-z ]*)", page.read_text(encoding="utf-8")):
        words = said.split()
        if not any(" ".join(words[:n]) in known for n in range(1, len(words) + 1)):
            wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_make_target_of_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")))
    assert said <= targets
