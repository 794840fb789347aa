"""What drivers may do beside keeping the rules: one file a behaviour, switched by its share."""

from vision.scenes.behaviours import red_light
from vision.scenes.behaviours.base import Behaviour

BEHAVIOURS: dict[str, Behaviour] = {b.name: b for b in (red_light.RED_LIGHT,)}

__all__ = ["BEHAVIOURS", "Behaviour"]
