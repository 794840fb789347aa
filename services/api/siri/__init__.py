"""SIRI 2.1 (CEN 15531) out of the live state; pure."""
