"""Training of a detector on rendered scenes, and its export."""
