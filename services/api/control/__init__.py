"""What the control room sees of the whole."""
