"""`hanoi network`: road networks."""
