"""GTFS, cleaning, assignment, stop events, arrivals and simulation; pure."""
