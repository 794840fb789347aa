"""Reports of riders and staff."""
