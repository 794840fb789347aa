"""GTFS-realtime for other people's apps."""
