"""Speeds of edges from buses, their usual speeds, and incident candidates."""

from routing.congestion.estimate import Estimator
from routing.congestion.history import EdgeHistory
from routing.congestion.settings import EstimateSettings

__all__ = ["EdgeHistory", "EstimateSettings", "Estimator"]
