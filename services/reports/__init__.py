"""Reports of people on the road, from whatever door they come."""
