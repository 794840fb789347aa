"""Road network, matching, paths and congestion; pure."""
