"""Frames, detection, tracks, rules and evidence."""
