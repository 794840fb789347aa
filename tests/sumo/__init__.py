"""Scenarios for SUMO, the traffic simulator whose runs give the truth that roads are scored by."""
