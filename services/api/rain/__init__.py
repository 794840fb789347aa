"""Rain as gauges measure it."""
