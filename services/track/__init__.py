"""The track service: fixes in; positions, stop events, predictions, alerts and feed health out."""
