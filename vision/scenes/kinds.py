"""Kinds of road users of a scene: how large they are, how they drive, how often they come."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: sizes in metres with their spread, how it drives, and what a detector calls it."""

    name: str
    label: str
    length_m: float
    width_m: float
    height_m: float
    spread: float
    speed_mps: float
    accel_mps2: float
    gap_m: float
    is_two_wheeler: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind("motorbike", "motorcycle", 1.90, 0.75, 1.12, 0.05, 9.5, 2.4, 0.5, is_two_wheeler=True),
        Kind("bicycle", "bicycle", 1.75, 0.60, 1.05, 0.05, 4.2, 1.0, 0.5, is_two_wheeler=True),
        Kind("car", "car", 4.40, 1.78, 1.50, 0.07, 10.0, 1.9, 1.6),
        Kind("truck", "truck", 7.00, 2.30, 2.90, 0.10, 8.5, 1.2, 2.0),
        Kind("bus", "bus", 11.00, 2.50, 3.10, 0.04, 8.5, 1.1, 2.0),
        Kind("person", "person", 0.45, 0.50, 1.65, 0.06, 1.3, 1.0, 0.4),
    )
}
# Shares of the traffic at a junction of inner Hanoi; buses and the bus lane's own come beside.
MIX = {"motorbike": 0.76, "car": 0.17, "truck": 0.02, "bus": 0.02, "bicycle": 0.03}
# A motorbike carries one, two or three; more than two is an act of its own (behaviours/riders.py).
RIDERS = (0.72, 0.28)
RIDER_HEIGHT_M = 1.62
