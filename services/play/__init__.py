"""A recorded day, pushed through the doors in its own clock."""
