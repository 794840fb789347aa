"""How right the arrivals were that riders were told."""
