"""Incidents, closures and states of roads in the formats of other people's systems."""
