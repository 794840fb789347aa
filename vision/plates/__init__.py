"""Number plates: found, read in the order of their lines, checked against the law, voted over a track."""
