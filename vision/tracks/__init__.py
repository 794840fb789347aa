"""The same road user over many frames: which box of a frame is which, in seconds of the frames' own clocks."""

from vision.tracks.look import FAMILY, Box, Look
from vision.tracks.tracker import Tracker, TrackLimits

__all__ = ["FAMILY", "Box", "Look", "TrackLimits", "Tracker"]
