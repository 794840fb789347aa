"""A city's buses by code: timetable, traffic, signals and noisy GPS; same seed, same bytes."""
