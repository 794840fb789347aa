"""What can go wrong between a camera and its evidence."""


class VisionError(Exception):
    """The base of every error of this package; the text says who, what, where and how to mend it."""


class CameraFileError(VisionError):
    """A camera file that cannot be used; the text names each key at fault."""


class VideoError(VisionError):
    """A recording or a stream that cannot be opened or read."""


class WeightsError(VisionError):
    """Weights that are absent, broken or of another kind than asked for."""


class EvidenceError(VisionError):
    """Evidence that could not be put together."""
