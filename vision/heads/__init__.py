"""Heads of riders: whether a helmet is on, or it cannot be told."""
