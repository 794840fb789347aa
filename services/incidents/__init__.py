"""Incidents: their life from detection to their end."""
