"""`hanoi detect` and the step that watches camera segments."""
