"""Where traffic is hurt: evidence of buses, cameras and people, put together as odds, one candidate a place."""

from routing.incidents.detector import IncidentDetector
from routing.incidents.settings import IncidentSettings
from routing.incidents.standing import Report

__all__ = ["IncidentDetector", "IncidentSettings", "Report"]
