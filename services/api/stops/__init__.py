"""Stops: search, nearby, arrivals."""
