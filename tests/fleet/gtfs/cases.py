"""The faults of a feed as data: ``faults/sound`` is a feed without any, ``faults/CODE.yaml`` spoils it in one way each.

A case names a ``file`` and the line that ``was`` and is ``now``, its ``whole`` text, or that it is ``absent``; then
what is said of it (of the file ``told_of`` where that is another), word by word in both languages, and which
faults follow (``also``).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "faults"
TODAY = date(2025, 6, 1)
SOUND = {file.name: file.read_text(encoding="utf-8") for file in sorted((FOLDER / "sound").glob("*.txt"))}


@dataclass(frozen=True)
class Case:
    """One way to spoil the sound feed, and what is said of it."""

    code: str
    name: str
    severity: str
    told_of: str
    lines: tuple[int, ...]
    examples: tuple[str, ...]
    vi: str
    en: str
    also: frozenset[str]
    changes: dict[str, str | None]
    city: dict[str, Any]


def _read(code: str, body: dict[str, Any]) -> Case:
    file, changes = body.get("file"), {}
    if file is not None:
        text = SOUND[file]
        if "was" in body:
            assert text.count(body["was"]) == 1, (code, body["case"])
            changes[file] = text.replace(body["was"], body["now"])
        else:
            changes[file] = None if body.get("absent") else body["whole"]
    return Case(code, body["case"], body["severity"], body.get("told_of", file), tuple(body["lines"]),
                tuple(body["examples"]), body["vi"], body["en"], frozenset(body.get("also", ())), changes,
                body.get("city", {}))  # fmt: skip


CASES = [
    _read(file.stem, body) for file in sorted(FOLDER.glob("*.yaml")) for body in yaml.safe_load(file.read_text("utf-8"))
]


def write(folder: Path, changes: dict[str, str | None] | None = None) -> Path:
    """Write the sound feed with files changed, ``None`` leaves one out, as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (SOUND | (changes or {})).items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder
