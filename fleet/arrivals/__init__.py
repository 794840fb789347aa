"""Arrivals: when a bus will be where, how sure that is, and the simple predictors beside ours."""
