"""Lines as the control room sees them: which hurt most, and the buses of one along its way and ahead in time."""
