"""Accuracy, as JSON, beside the baselines."""
