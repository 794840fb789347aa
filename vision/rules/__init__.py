"""Traffic rules: one file a rule; which run, in order, is one list here."""

from vision.rules.base import Finding, Rule, Scene
from vision.rules.red_light import RedLight
from vision.rules.stop_line import StopLine
from vision.rules.wrong_side import WrongSide

RULES: dict[str, type[Rule]] = {"red_light": RedLight, "stop_line": StopLine, "wrong_side": WrongSide}

__all__ = ["RULES", "Finding", "Rule", "Scene"]
