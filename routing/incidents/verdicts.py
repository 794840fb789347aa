"""What staff said of earlier candidates: where they were false, and which kinds of evidence were right."""

from dataclasses import dataclass

from routing.incidents.settings import IncidentSettings

# A kind is believed in full until staff have said otherwise: so many right answers are taken for granted.
GRANTED = 4.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One candidate as staff saw it last."""

    edge_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    real: bool
    time_ms: int


class Verdicts:
    """Keeps the newest verdict of each candidate, so that one taken back counts no more."""

    def __init__(self, settings: IncidentSettings) -> None:
        self._set = settings
        self._said: dict[str, Verdict] = {}

    def take(self, incident_id: str, verdict: Verdict | None) -> None:
        """Take a verdict; ``None`` takes it back."""
        if verdict is None:
            self._said.pop(incident_id, None)
        else:
            self._said[incident_id] = verdict

    def place(self, edge_id: str, now_ms: int) -> float:
        """Return what is taken off the log odds of a place: less with each week, never below nothing."""
        off = 0.0
        for said in self._said.values():
            if edge_id in said.edge_ids:
                share = 0.5 ** (max(now_ms - said.time_ms, 0) / 1000.0 / self._set.false_half_life_s)
                off += share * (-self._set.false_place if said.real else self._set.false_place)
        return max(off, 0.0)

    def trust(self, kind: str) -> float:
        """Return the share of a kind's weight that staff's answers leave it, 0 to 1."""
        answers = [said.real for said in self._said.values() if kind in said.kinds]
        return (GRANTED + sum(answers)) / (GRANTED + len(answers))

    def dump(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, int]]:
        """Return everything, for a file."""
        return {k: (v.edge_ids, v.kinds, v.real, v.time_ms) for k, v in self._said.items()}

    def load(self, kept: dict[str, tuple[list[str], list[str], bool, int]]) -> None:
        """Take what `dump` returned."""
        self._said = {k: Verdict(tuple(a), tuple(b), bool(c), int(d)) for k, (a, b, c, d) in kept.items()}
