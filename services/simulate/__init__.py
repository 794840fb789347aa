"""Simulated buses of a city: as files for tests and scores, or live through the doors."""
