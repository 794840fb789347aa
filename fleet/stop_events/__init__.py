"""Stop events: when a bus was seen to arrive at a stop and to leave it."""
