"""The hash of the code that decides: some modules and all of ours that they import, found by reading them."""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("vision", "schemas")


@functools.cache
def code_sha256(*modules: str) -> str:
    """Return the SHA-256 of modules and of every module of ours that they need.

    Parameters
    ----------
    *modules : str
        Dotted names, for instance ``vision.pipeline``.

    Returns
    -------
    str
        Lower-case hexadecimal.
    """
    digest = hashlib.sha256()
    for path in needed_files(*modules):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def needed_files(*modules: str) -> list[Path]:
    """Return the files of modules and of all of ours that they import, at once or later, in order of their paths."""
    found: set[Path] = set()
    waiting = list(modules)
    while waiting:
        for path in _files(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting += _imports(path)
    return sorted(found)


def _files(module: str) -> Iterator[Path]:
    """Go through a module's file and those of the packages around it; what is no module (a class) has none."""
    parts = module.split(".")
    if parts[0] not in OURS:
        return
    for end in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:end])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
