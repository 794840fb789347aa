"""The built pages, the base map, liveness."""
