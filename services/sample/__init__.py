"""The sample city: Hanoi's main roads and some of its bus lines, drawn by hand, for a first run without any file."""
