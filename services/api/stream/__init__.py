"""What moves, as server-sent events."""
