"""Cleaning of fixes: rules in order, and the four scores they lead to."""

from fleet.cleaning.rules import AT_THE_DOOR, OF_TIME, ON_COURSE, RULES, clean, has_likely_time
from fleet.cleaning.verdict import Area, Known, Verdict

__all__ = ["AT_THE_DOOR", "OF_TIME", "ON_COURSE", "RULES", "Area", "Known", "Verdict", "clean", "has_likely_time"]
