"""Chaos: kill what runs at the worst moments, again and again, and count what came through (`make chaos`)."""
