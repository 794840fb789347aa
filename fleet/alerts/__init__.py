"""Alerts: stuck, off route, lost, not coming."""
