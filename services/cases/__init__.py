"""Violation cases: what an officer decides, and under which clause."""
