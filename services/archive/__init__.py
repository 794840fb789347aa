"""Everything that is kept goes from the log into the store here."""
