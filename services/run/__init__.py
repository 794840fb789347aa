"""The supervisor: every service of a city as a child process."""
