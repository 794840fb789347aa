"""Who drives: a motorbike city's mix, moving side by side in their lanes."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass


@dataclass(frozen=True)
class Mix:
    """Shares of the trips; what is left are buses besides those of the lines (tourists, workers)."""

    motorbike: float = 0.85
    car: float = 0.13

    def kind(self, draw: float) -> str:
        """Return the type of vehicle for a draw of 0 to 1."""
        if draw < self.motorbike:
            return "motorbike"
        return "car" if draw < self.motorbike + self.car else "coach_bus"


_SIDE_BY_SIDE = {"latAlignment": "arbitrary", "lcSublane": "1", "minGapLat": "0.3"}
TYPES: dict[str, dict[str, str]] = {
    "motorbike": {
        "vClass": "motorcycle", "length": "1.9", "width": "0.75", "minGap": "0.8", "maxSpeed": "13.9", "accel": "2.5",
        "decel": "4", "sigma": "0.5", "speedFactor": "normc(0.85,0.12,0.5,1.2)", **_SIDE_BY_SIDE,
    },
    "car": {
        "vClass": "passenger", "length": "4.4", "width": "1.8", "minGap": "1.5",
        "speedFactor": "normc(0.9,0.1,0.6,1.2)", "latAlignment": "center",
    },
    "coach_bus": {"vClass": "bus", "length": "9", "width": "2.4", "maxSpeed": "13.9", "accel": "1.0"},
    "line_bus": {"vClass": "bus", "length": "11", "width": "2.5", "maxSpeed": "12.5", "accel": "1.0", "color": "1,1,0"},
    "broken_down": {"vClass": "truck", "length": "7", "width": "2.4", "latAlignment": "center"},
}  # fmt: skip


KEEP_THEIR_WAY = ("line_bus", "broken_down")


def add_types(root: ET.Element) -> None:
    """Write the types of vehicles into a file of routes."""
    for name, values in TYPES.items():
        kind = ET.SubElement(root, "vType", id=name, **values)
        if name in KEEP_THEIR_WAY:
            ET.SubElement(kind, "param", key="has.rerouting.device", value="false")
        if name == "line_bus":  # all of them report, whatever share of the others does
            ET.SubElement(kind, "param", key="has.fcd.device", value="true")
