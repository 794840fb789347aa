"""`hanoi evidence`."""
