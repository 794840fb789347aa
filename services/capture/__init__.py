"""Video of every camera cut into segments, stored once and announced."""
