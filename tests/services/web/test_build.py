"""The built pages: small enough, strict enough, and nobody's registry in the lock file."""

import gzip
import json
import re
import shutil
import subprocess

import pytest

from tests.services.web.fixture_server import DIST

WEB = DIST.parent
BUDGET_BYTES = 100_000


def needs_build():
    if not (DIST / "index.html").exists():
        pytest.skip("THE PAGES ARE NOT BUILT: make web")


def first_load():
    """Return the files that the shell itself names, with all they import at once."""
    shell = (DIST / "index.html").read_text()
    wanted = re.findall(r'(?:src|href)="(/[^"]+)"', shell)
    seen = set()
    while wanted:
        path = wanted.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.endswith(".js") and path.startswith("/assets/"):
            text = (DIST / path[1:]).read_text()
            wanted += [f"/assets/{name}" for name in re.findall(r'(?:from|import)\s*"\./([^"]+)"', text)]
    return sorted(seen)


def test_a_rider_loads_less_than_a_hundred_kilobytes_before_the_map():
    needs_build()
    files = first_load()
    assert any(path.endswith(".js") for path in files)
    assert sum(len(gzip.compress((DIST / path[1:]).read_bytes())) for path in files) <= BUDGET_BYTES


def test_the_map_is_no_part_of_the_first_load():
    needs_build()
    assert not [path for path in first_load() if "map" in path.rsplit("/", 1)[1]]


def test_the_lock_file_names_no_registry():
    lock = json.loads((WEB / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all(entry.get("link") or not name or "integrity" in entry for name, entry in lock["packages"].items())


@pytest.mark.parametrize("script", ["check", "test"])
def test_the_types_and_the_unit_tests_of_the_pages_are_clean(script):
    npm = shutil.which("npm")
    if npm is None or not (WEB / "node_modules").exists():
        pytest.skip("NO NODE MODULES: make web")
    done = subprocess.run(
        [npm, "run", "--silent", script], cwd=WEB, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
