"""Imports point one way, and each heavy library has one door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "schemas": set(),
    "routing": {"schemas"},
    "vision": {"schemas"},
    "fleet": {"schemas", "routing"},
    "services": {"schemas", "routing", "vision", "fleet"},
}
ONLY_DOOR = {
    "kafka": ("services/stream/kafka", "services/bench/"),
    "osmnx": ("routing/network/",),
    "ultralytics": ("vision/detector/", "vision/learn/detector.py"),
    "openvino": ("vision/detector/", "vision/plates/", "vision/learn/", "services/bench/"),
    "torch": ("vision/learn/", "vision/detector/gpu/"),
    "cv2": ("vision/",),
    "av": ("vision/",),
    "fastapi": ("services/api/", "services/ingest/"),
    "paho": ("services/ingest/fetch/mqtt.py",),
    "sqlalchemy": ("services/store/", "services/bench/"),
    "geoalchemy2": ("services/store/",),
    "alembic": ("services/store/",),
    "rfc3161_client": ("vision/evidence/stamp.py",),
    "obstore": ("services/media/bucket.py",),
}


def imported_roots(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


FILES = [
    (package, path)
    for package in MAY_IMPORT
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in path.parts
]


def test_every_package_was_searched() -> None:
    assert {package for package, _ in FILES} == MAY_IMPORT.keys()


@pytest.mark.parametrize(("package", "path"), FILES, ids=lambda v: str(v).removeprefix(f"{ROOT}/"))
def test_imports_point_one_way(package: str, path: Path) -> None:
    ours = set(imported_roots(path)) & MAY_IMPORT.keys() - {package}
    assert ours <= MAY_IMPORT[package], f"{path.relative_to(ROOT)} may not import {sorted(ours - MAY_IMPORT[package])}"


@pytest.mark.parametrize(("package", "path"), FILES, ids=lambda v: str(v).removeprefix(f"{ROOT}/"))
def test_heavy_libraries_have_one_door(package: str, path: Path) -> None:
    rel = path.relative_to(ROOT).as_posix()
    for library in set(imported_roots(path)) & ONLY_DOOR.keys():
        assert rel.startswith(ONLY_DOOR[library]), f"{library} in {rel}, but it belongs in {ONLY_DOOR[library]}"


def test_a_forbidden_import_would_be_found(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import fleet.tracker\nfrom services import clock\n", encoding="utf-8")
    assert set(imported_roots(bad)) == {"fleet", "services"}
