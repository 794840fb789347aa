"""Schema changes, oldest first, run by `hanoi store migrate`."""
