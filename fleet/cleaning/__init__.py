"""Cleaning of fixes: rules in order, and the four scores they lead to."""

from fleet.cleaning.rules import RULES, clean
from fleet.cleaning.verdict import Area, Known, Verdict

__all__ = ["RULES", "Area", "Known", "Verdict", "clean"]
