"""Roads: congestion and paths."""
