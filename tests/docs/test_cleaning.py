"""The page about cleaning names every rule with the score it lowers, in the order in which they are asked."""

import re
from pathlib import Path

from fleet.cleaning import RULES
from fleet.cleaning.quality import WRONG

PAGE = Path(__file__).parents[2] / "docs" / "cleaning.md"


def test_the_table_of_rules_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\w+) \| [^|]+ \| (correct|clean) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    names = [*(name for name, _ in RULES), "one_time"]
    assert rows == [(name, "correct" if name in WRONG else "clean") for name in names]
