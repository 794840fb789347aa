"""What staff said of earlier candidates: where they were false, and which kinds of evidence were right."""

from dataclasses import dataclass

from routing.incidents.settings import IncidentSettings
from schemas.incident import Incident, IncidentState

# A kind is believed in full until staff have said otherwise: so many right answers are taken for granted.
GRANTED = 4.0
REAL = frozenset({IncidentState.VERIFIED, IncidentState.RESPONDING, IncidentState.CLEARED, IncidentState.CLOSED})
ALREADY_KNOWN = "already_known"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One candidate as staff saw it last."""

    edge_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    real: bool
    time_ms: int


def verdict_of(incident: Incident) -> Verdict | None:
    """Return what staff's word on an incident teaches; ``None`` where it was not judged or must not be learnt from.

    One that ended counts as real: who asks knows whether a person had verified it.
    """
    real = incident.state in REAL
    if not incident.learnt or incident.reason == ALREADY_KNOWN:
        return None
    if not real and incident.state is not IncidentState.DISMISSED:
        return None
    kinds = tuple(finding.kind for finding in incident.evidence.findings)
    return Verdict(incident.evidence.edge_ids, kinds, real, incident.updated_ms)


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

    def time_ms(self, incident_id: str) -> int | None:
        """Return when something was said of a candidate that still counts."""
        said = self._said.get(incident_id)
        return None if said is None else said.time_ms

    def answers(self, kind: str) -> list[bool]:
        """List what staff answered where such evidence spoke: whether it was right."""
        return [said.real for said in self._said.values() if kind in said.kinds]

    def kinds(self) -> list[str]:
        """List the kinds of evidence of which anything was learnt."""
        return sorted({kind for said in self._said.values() for kind in said.kinds})

    def trust(self, kind: str) -> float:
        """Return the share of a kind's weight that staff's answers leave it, 0 to 1."""
        answers = self.answers(kind)
        return (GRANTED + sum(answers)) / (GRANTED + len(answers))

    def dump(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], bool, int]]:
        """Return everything, for a file."""
        return {k: (v.edge_ids, v.kinds, v.real, v.time_ms) for k, v in self._said.items()}

    def load(self, kept: dict[str, tuple[list[str], list[str], bool, int]]) -> None:
        """Take what `dump` returned."""
        self._said = {k: Verdict(tuple(a), tuple(b), bool(c), int(d)) for k, (a, b, c, d) in kept.items()}
