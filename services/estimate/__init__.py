"""Speeds of roads and incident candidates from buses."""
