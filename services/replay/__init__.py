"""`hanoi replay`: the tracker over a recording."""
