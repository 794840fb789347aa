"""How often a process that remembers much looks for unused cycles of objects."""

import gc


def collect_seldom() -> None:
    """Look rarely: 2,000 buses or half a minute of road users would be walked through each time, for nothing."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
