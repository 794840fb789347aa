"""Where a scene's signal heads hang, in metres: round lamps, arrows beside them, a countdown below."""

from dataclasses import dataclass

from vision.scenes.layout import Arm

LAMP_M = 0.30  # across one lamp
COLOURS = ("red", "yellow", "green")
POLE_M, TOP_M, STEP_M = 1.2, 5.0, 0.42


@dataclass(frozen=True)
class SignalHead:
    """One head that looks at the traffic of its arm; places x, y, z in metres."""

    arm: str
    lamps: dict[str, tuple[float, float, float]]
    arrows: dict[str, tuple[float, float, float]]
    countdown: tuple[float, float, float]


def signal_head(arm: Arm, arrows: tuple[str, ...] = ("left", "right")) -> SignalHead:
    """Return the head on the right of an arm, two metres past its stop line.

    Parameters
    ----------
    arm : Arm
        The arm.
    arrows : tuple of str, optional
        Turns that have a green arrow, outwards from the round lamps.
    """

    def at(aside: float, row: int) -> tuple[float, float, float]:
        x, y = arm.place(2.0, arm.half_m + POLE_M + aside)
        return x, y, TOP_M - row * STEP_M

    return SignalHead(
        arm.name,
        {colour: at(0.0, row) for row, colour in enumerate(COLOURS)},
        {turn: at(STEP_M * (k + 1), 2) for k, turn in enumerate(arrows)},
        at(0.0, 3),
    )
