"""Cleaning of fixes: rules in order, and the four scores they lead to."""

from fleet.cleaning.rules import AT_THE_DOOR, ON_COURSE, RULES, clean
from fleet.cleaning.verdict import Area, Known, Verdict

__all__ = ["AT_THE_DOOR", "ON_COURSE", "RULES", "Area", "Known", "Verdict", "clean"]
