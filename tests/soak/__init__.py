"""Bad input in bulk: what a city must take for days, in minutes (`make soak`)."""
