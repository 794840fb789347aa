"""Messages, topics and units. Imports nothing else of the project."""
