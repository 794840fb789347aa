"""Backup and restore of a city: store, log, media, city folder, tokens and keys."""
