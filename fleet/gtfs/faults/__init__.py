"""What can be wrong with a feed: one file a fault, in the order of `rules.RULES`."""
