"""What was taken for what: phases against labels, why a trip was wrong, and which buses it went wrong for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

WORST = 10
WHYS = ("no_trip", "another_line", "other_direction", "another_departure", "same_block", "another_day", "left_out")


@dataclass
class Confusion:
    """Counts what was said of reports, by what was true of them.

    ``phases`` by the label's phases, ``trips`` why the trip was wrong (`WHYS`), ``buses`` how many reports of each bus
    were wrong in the trip, of how many.
    """

    phases: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    trips: Counter[str] = field(default_factory=Counter)
    buses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def take_phase(self, true: Iterable[str], said: str) -> None:
        """Count what phase was said of a report whose label allows some."""
        self.phases["+".join(sorted(true))][said] += 1

    def take_trip(self, vehicle_id: str, why: str | None) -> None:
        """Count a report on a trip; ``why`` tells what is wrong with the trip said, ``None`` that it is right."""
        self.buses[vehicle_id]["reports"] += 1
        if why is not None:
            self.trips[why] += 1
            self.buses[vehicle_id]["wrong"] += 1

    def figures(self) -> dict[str, Any]:
        """Return shares: phases of each label, causes of all reports on trips; and the buses with most wrong ones."""
        reports = max(1, sum(bus["reports"] for bus in self.buses.values()))
        worst = sorted(self.buses.items(), key=lambda item: (-item[1]["wrong"], item[0]))[:WORST]
        return {
            "phase_said": {true: {"count": said.total()} | _shares(said) for true, said in sorted(self.phases.items())},
            "trip_wrong": {why: round(self.trips[why] / reports, 4) for why in WHYS if self.trips[why]},
            "worst_buses": {bus: dict(counts) for bus, counts in worst if counts["wrong"]},
        }


def _shares(counts: Counter[str]) -> dict[str, float]:
    return {name: round(number / counts.total(), 4) for name, number in sorted(counts.items())}


def write_table(figures: Mapping[str, Any]) -> str:
    """Return what `hanoi score assignment` prints as JSON as text."""
    lines = [f"{'per cent of reports':24}{'reports':>9}{'right':>8}{'wrong':>8}{'none':>8}{'unsaid':>8}"]
    for name in ("on_trip", "on_trip_shown", "on_trip_settled", "route_direction", "block", "phase", "off_trip"):
        row = figures[name]
        shares = "".join(_cell(row.get(part, 0.0)) for part in ("right", "wrong", "none", "unsaid"))
        lines += [f"{name:24}{row['count']:>9}{shares}"] if row["count"] else []
    lines += [
        f"{'wrong and sure':24}{figures['reports']:>9}{'':8}{_cell(figures['wrong_and_confident'].get('any', 0.0))}"
    ]
    said = sorted({name for row in figures["phase_said"].values() for name in row} - {"count"})
    lines += ["", f"{'phase: true, said':34}{'reports':>9}" + "".join(f"{name:>12}" for name in said)]
    for true, row in figures["phase_said"].items():
        lines += [f"{true:34}{row['count']:>9}" + "".join(_cell(row.get(name, 0.0), 12) for name in said)]
    if figures["trip_wrong"]:
        lines += ["", "trip wrong because           % of reports on trips"]
        lines += [f"{why:24}{_cell(part)}" for why, part in figures["trip_wrong"].items()]
        lines += ["", "buses with most reports of a wrong trip"]
        lines += [f"{bus:24}{row['wrong']:>8} of {row['reports']}" for bus, row in figures["worst_buses"].items()]
    return "\n".join(lines)


def _cell(part: float, width: int = 8) -> str:
    return f"{'.' if part == 0.0 else f'{100.0 * part:.1f}':>{width}}"
