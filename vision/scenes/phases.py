"""The signal plan of a scene: what each arm's lamps show at each second."""

from dataclasses import dataclass

ARROWS = ("left", "right")


@dataclass(frozen=True)
class LampState:
    """What an arm shows: the round lamp, since when and how long yet, and the turns whose green arrow is lit.

    ``holds`` are turns that wait for their arrow even at green.
    """

    colour: str
    arrows: tuple[str, ...] = ()
    left_s: float = 0.0
    since_s: float = 0.0
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phase:
    """A stretch of the cycle: round lamps and arrows of arms that do not show plain red."""

    length_s: float
    colours: dict[str, str]
    arrows: dict[str, tuple[str, ...]]


def _pair(first: str, second: str, colour: str) -> dict[str, str]:
    return {first: colour, second: colour}


# Each arrow's turn meets nobody who has green in the same phase.
HANOI_PLAN = (
    Phase(28.0, _pair("south", "north", "green"), {}),
    Phase(3.0, _pair("south", "north", "yellow"), {}),
    Phase(2.0, {}, {}),
    Phase(9.0, {}, {"north": ("left",), "east": ("right",)}),
    Phase(3.0, {}, {}),
    Phase(22.0, _pair("east", "west", "green"), {}),
    Phase(3.0, _pair("east", "west", "yellow"), {}),
    Phase(2.0, {}, {}),
    Phase(9.0, {}, {"east": ("left",), "west": ("left",), "south": ("right",), "north": ("right",)}),
    Phase(3.0, {}, {}),
)


class SignalPlan:
    """A fixed plan that repeats.

    Parameters
    ----------
    phases : tuple of Phase
        In their order; arms that a phase does not name show red.
    offset_s : float
        Where in the cycle time zero lies.
    """

    def __init__(self, phases: tuple[Phase, ...] = HANOI_PLAN, offset_s: float = 0.0) -> None:
        self.phases = phases
        self.offset_s = offset_s
        self.cycle_s = sum(phase.length_s for phase in phases)
        self._spans: dict[str, list[tuple[float, float, str]]] = {}

    def state(self, arm: str, time_s: float) -> LampState:
        """Return what an arm shows at a time."""
        at = (time_s + self.offset_s) % self.cycle_s
        for start_s, end_s, colour in self.spans(arm):
            if start_s <= at < end_s:
                return self._state(arm, time_s, colour, (end_s - at, at - start_s))
        start_s, end_s, colour = self.spans(arm)[-1]
        wrapped = at + self.cycle_s
        return self._state(arm, time_s, colour, (end_s - wrapped, wrapped - start_s))

    def _state(self, arm: str, time_s: float, colour: str, left_since: tuple[float, float]) -> LampState:
        arrows = self.arrows(arm, time_s)
        is_held = "left" not in arrows and any("left" in phase.arrows.get(arm, ()) for phase in self.phases)
        return LampState(colour, arrows, *left_since, ("left",) if is_held else ())

    def arrows(self, arm: str, time_s: float) -> tuple[str, ...]:
        """Return the turns whose green arrow is lit."""
        at = (time_s + self.offset_s) % self.cycle_s
        for phase in self.phases:
            if at < phase.length_s:
                return phase.arrows.get(arm, ())
            at -= phase.length_s
        return ()

    def spans(self, arm: str) -> list[tuple[float, float, str]]:
        """Return the round lamp's spans in one cycle, seconds; the last may reach into the next."""
        if arm not in self._spans:
            self._spans[arm] = _merged(self.phases, arm, self.cycle_s)
        return self._spans[arm]


def _merged(phases: tuple[Phase, ...], arm: str, cycle_s: float) -> list[tuple[float, float, str]]:
    spans: list[tuple[float, float, str]] = []
    at = 0.0
    for phase in phases:
        colour = phase.colours.get(arm, "red")
        if spans and spans[-1][2] == colour:
            spans[-1] = (spans[-1][0], at + phase.length_s, colour)
        else:
            spans.append((at, at + phase.length_s, colour))
        at += phase.length_s
    if len(spans) > 1 and spans[0][2] == spans[-1][2]:
        spans = [*spans[1:-1], (spans[-1][0], cycle_s + spans[0][1], spans[-1][2])]
    return spans
