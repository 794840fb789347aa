"""Detectors: one interface, and who stands behind it."""
