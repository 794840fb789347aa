"""Lines and their buses."""
