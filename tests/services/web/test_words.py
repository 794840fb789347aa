"""Every key that the machine can put on the enforcement page has its words in both dictionaries."""

import ast
import re
from pathlib import Path

import pytest

from vision.rules.base import DRIVERS, UNSEEN

ROOT = Path(__file__).parents[3]
RULES = sorted((ROOT / "vision" / "rules").glob("*.py"))
WORDS = {lang: ROOT / "services" / "web" / "src" / "i18n" / f"{lang}_enforcement.ts" for lang in ("vi", "en")}


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def emitted() -> dict[str, set[str]]:
    """Return what the source of the rules names: keys of `measured`, of `exceptions`, and the rules themselves."""
    found: dict[str, set[str]] = {"m.": set(), "ex.": set(UNSEEN), "rule.": set(), "user.": set(DRIVERS)}
    for path in RULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "measured" and isinstance(node.value, ast.Dict):
                found["m."] |= {key for key in map(text_of, node.value.keys) if key}
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "exceptions":
                found["ex."] |= {key for key in [text_of(node.slice)] if key}
            if isinstance(node, ast.ClassDef):
                found["rule."] |= {
                    name
                    for item in node.body
                    if isinstance(item, ast.Assign) and getattr(item.targets[0], "id", "") == "name"
                    if (name := text_of(item.value))
                }
    return found


@pytest.mark.parametrize("lang", WORDS)
def test_every_key_that_a_rule_emits_has_words(lang: str) -> None:
    known = set(re.findall(r"^  '([^']+)':", WORDS[lang].read_text(), flags=re.MULTILINE))
    keys = emitted()
    assert all(keys.values()), "the rules were read"
    wanted = {prefix + key for prefix, names in keys.items() for key in names}
    wanted |= {f"exv.{key}" for key in keys["ex."]}
    assert wanted - known == set()
