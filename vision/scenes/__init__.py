"""Junctions rendered by code: simple shapes, and the truth about them."""
