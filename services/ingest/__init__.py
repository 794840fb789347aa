"""The doors reports come through: HTTP in, ``gps.fixes`` out."""
