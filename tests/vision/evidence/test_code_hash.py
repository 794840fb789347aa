"""The hash of the rules covers every module of ours that a watcher loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vision.evidence import code_hash
from vision.evidence.code_hash import code_sha256, needed_files

LOADED = """
import json, sys, vision.pipeline
ours = [m.__file__ for name, m in sys.modules.items() if name.split(".")[0] in ("vision", "schemas")]
print(json.dumps([path for path in ours if path]))
"""


def test_every_module_that_the_pipeline_loads_is_hashed() -> None:
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = {Path(path) for path in json.loads(run.stdout)}
    assert len(loaded) > 15
    assert loaded <= set(needed_files("vision.pipeline"))


def test_all_rules_the_ground_and_the_speed_are_hashed() -> None:
    names = {path.name for path in needed_files("vision.pipeline")}
    assert {"ground.py", "speed.py", "signals.py", "tracker.py", "view.py", "red_light.py", "crossing.py"} <= names


def test_a_change_in_a_module_far_below_changes_the_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vision").mkdir()
    (tmp_path / "vision" / "a.py").write_text("def f():\n    from vision.b import LIMIT\n    return LIMIT\n")
    (tmp_path / "vision" / "b.py").write_text("from vision import c\nLIMIT = 1\n")
    (tmp_path / "vision" / "c.py").write_text("X = 1\n")
    monkeypatch.setattr(code_hash, "ROOT", tmp_path)
    code_sha256.cache_clear()
    before = code_sha256("vision.a")
    (tmp_path / "vision" / "c.py").write_text("X = 2\n")
    code_sha256.cache_clear()
    assert code_sha256("vision.a") != before
    code_sha256.cache_clear()
