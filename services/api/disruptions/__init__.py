"""What riders may know of what goes wrong."""
