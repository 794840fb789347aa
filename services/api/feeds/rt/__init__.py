"""GTFS-realtime 2.0 out of the live state; pure."""
