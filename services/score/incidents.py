"""`hanoi score incidents`: lane blockings found, how soon, and how often nothing was there, beside classic rules."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import numpy as np

from routing.congestion import Estimator
from routing.network import NetworkError
from routing.network.sumo import SumoNetwork, read_sumo
from schemas.incident import IncidentState
from services.score.aid import Alarm, Reading, learn_template, rules, smooth
from services.score.congestion import START_MS, positions_of
from services.score.incident_runs import Blocking, Hour, list_hours, read_counts, read_stops, split_probes
from services.score.sumo_run import Probe, read_probes

DAY_MS = 86_400_000
NEAR_M = 350.0
GRACE_S = 120.0
SAME_S = 600.0
HOUR_S = 3600.0
MOST_FALSE = 1.0


@dataclass
class Tally:
    """What one detector said over all hours: seconds until each blocking was found, and false alarms in clean hours."""

    delay_s: dict[tuple[Path, str], float | None] = field(default_factory=dict)
    false: int = 0
    false_blocked: int = 0
    clean_hours: float = 0.0

    def take(self, hour: Hour, alarms: Iterable[tuple[float, tuple[float, float]]], middles: Any) -> None:
        """Take the alarms of an hour: when, and where in metres."""
        alarms = sorted(alarms)
        good = set()
        for item in hour.blockings:
            mine = [i for i, alarm in enumerate(alarms) if _fits(item, alarm, middles)]
            good |= set(mine)
            self.delay_s[hour.folder, item.name] = alarms[mine[0]][0] - item.begin_s if mine else None
        if hour.kind == "clean":
            self.false += len(alarms)
            self.clean_hours += hour.long_h
        else:
            self.false_blocked += len(alarms) - len(good)


def _fits(item: Blocking, alarm: tuple[float, tuple[float, float]], middles: Any) -> bool:
    in_time = item.begin_s <= alarm[0] <= item.end_s + GRACE_S
    return in_time and bool(np.hypot(*(np.array(alarm[1]) - middles[item.edge])) <= NEAR_M)


def figures(tally: Tally, blockings: dict[tuple[Path, str], Blocking]) -> dict[str, Any]:
    """Return share found, median and 90 % delay in minutes, false alarms an hour of the whole network."""
    out: dict[str, Any] = _found(list(tally.delay_s.values()))
    for name, whole in (("all_lanes", True), ("one_lane_of_more", False)):
        some = [
            delay for key, delay in tally.delay_s.items()
            if (blockings[key].lanes == blockings[key].of_lanes) == whole
        ]  # fmt: skip
        out[name] = _found(some)
    out["false_per_clean_hour"] = round(tally.false / max(tally.clean_hours, 0.01), 3)
    out["false_in_blocked_hours"] = tally.false_blocked
    return out


def _found(delays: Sequence[float | None]) -> dict[str, Any]:
    known = sorted(d for d in delays if d is not None)
    return {
        "blockings": len(delays),
        "found": round(len(known) / len(delays), 4) if delays else None,
        "median_min": round(float(np.median(known)) / 60, 2) if known else None,
        "p90_min": round(float(np.quantile(known, 0.9)) / 60, 2) if known else None,
    }


class Run:
    """All hours through one estimator, as a living city would have them, a day apart.

    Parameters
    ----------
    sumo : SumoNetwork
        The roads.
    stops : ndarray, shape (n, 2)
        Stops, lon, lat.
    probes : str
        Who reports.
    noise_m : float
        Of the receivers, each axis.
    seed : int
        Of all errors.
    """

    def __init__(self, sumo: SumoNetwork, stops: Any, probes: str, noise_m: float, seed: int) -> None:
        self._sumo, self._noise_m = sumo, noise_m
        self._shares, self._cameras = split_probes(probes)
        self._estimator = Estimator(sumo.network, stops_lonlat=stops)
        self._rng = np.random.default_rng(seed)
        self._day = 0
        self.readings: dict[Path, list[Reading]] = {}

    def drive(self, hour: Hour, every_s: float) -> list[tuple[float, tuple[float, float]]]:
        """Let the estimator see an hour; return when and where it opened a candidate."""
        start = START_MS + self._day * DAY_MS
        self._day += 1
        counts, self.readings[hour.folder] = read_counts(
            hour.folder / "cameras.csv.gz", self._sumo, self._cameras, start, self._rng
        )
        reports: Iterable[Probe] = read_probes(hour.folder / "fcd.xml.gz", self._shares, every_s)
        by_time = {t: list(group) for t, group in groupby(reports, key=lambda probe: round(probe.time_s))}
        known: dict[str, tuple[float, tuple[float, float]]] = {}
        for second in range(0, max([*by_time, *counts], default=0) + 20, 10):
            seen = by_time.get(second, [])
            where = positions_of(self._sumo, seen, self._noise_m, self._rng, start) if seen else []
            _, told = self._estimator.step(where, start + second * 1000 + 5_000, counts.get(second, ()))
            for incident in told:
                if incident.state is IncidentState.DETECTED and incident.incident_id not in known:
                    x, y = self._sumo.network.to_xy(np.array([incident.lon]), np.array([incident.lat]))
                    known[incident.incident_id] = second + 5.0, (float(x[0]), float(y[0]))
        return list(known.values())


def classic(run: Run, hours: list[Hour], sumo: SumoNetwork, middles: Any) -> dict[str, Tally]:
    """Run the classic rules on the same cameras; each with the threshold that is best at one false alarm an hour.

    The threshold is chosen on the scored hours themselves, a favour that ours does not have.
    """
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    data = {hour.folder: smooth(run.readings[hour.folder]) for hour in hours}
    watched = {r.station for readings in data.values() for r in readings}
    below = _below(sumo, watched)
    template = learn_template([r for hour in hours if hour.kind == "train" for r in data[hour.folder]])
    out = {}
    for name, (rule, thresholds) in rules(below, template).items():
        best: Tally | None = None
        for threshold in thresholds:
            tally = Tally()
            for hour in (hour for hour in hours if hour.kind != "train"):
                alarms = [a for a in rule(data[hour.folder], threshold) if a[1] >= 300.0]
                tally.take(hour, [(t, tuple(middles[row_of[s]])) for s, t in _once(alarms)], middles)
            best = tally if best is None or _rank(tally) > _rank(best) else best
        if best is not None:
            out[name] = best
    return out


def _rank(tally: Tally) -> tuple[float, float]:
    rate = tally.false / max(tally.clean_hours, 0.01)
    found = sum(d is not None for d in tally.delay_s.values())
    return (1.0, float(found)) if rate <= MOST_FALSE else (0.0, -rate)


def _below(sumo: SumoNetwork, watched: set[str]) -> dict[str, str]:
    """Pair each watched edge with the watched edge most nearly straight ahead."""
    network = sumo.network
    out = {}
    for row, name in enumerate(sumo.edge_names):
        ahead = [
            e
            for e in np.flatnonzero(network.edge_from == network.edge_to[row]).tolist()
            if sumo.edge_names[e] in watched
        ]
        line = network.xy_of(row)
        way = line[-1] - line[0]
        turned = [(float(np.dot(way, (o := network.xy_of(e))[-1] - o[0])), e) for e in ahead]
        if name in watched and turned:
            out[name] = sumo.edge_names[max(turned)[1]]
    return out


def _once(alarms: list[Alarm]) -> list[Alarm]:
    """Count what a station says again within ten minutes once."""
    last: dict[str, float] = {}
    out = []
    for station, at in alarms:
        if at - last.get(station, -1e9) >= SAME_S:
            out.append((station, at))
        last[station] = at
    return out


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--probes", multiple=True, default=("bus", "bus,cameras=30%", "bus,cameras=100%"), show_default=True,
    help="Who reports: bus, cars=5%, cameras=30% of the edges; more than once for several.",
)  # fmt: skip
@click.option("--every", "every_s", default=10.0, show_default=True, type=click.FloatRange(min=1), help="Seconds.")
@click.option("--noise", "noise_m", default=5.0, show_default=True, type=click.FloatRange(min=0), help="Metres of GPS.")
@click.option("--seed", default=1, show_default=True, help="Of the noise.")
def incidents(folder: Path, probes: tuple[str, ...], every_s: float, noise_m: float, seed: int) -> None:
    """Score incident candidates against seeded lane blockings and clean hours in FOLDER; print JSON."""
    try:
        sumo = read_sumo(folder / "net.net.xml.gz")
        sets = {text: split_probes(text)[1] for text in probes}
    except (NetworkError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    hours = list_hours(folder, {name: row for row, name in enumerate(sumo.edge_names)})
    middles = np.array([sumo.network.xy_of(edge).mean(axis=0) for edge in range(sumo.network.edge_count)])
    blockings = {(hour.folder, item.name): item for hour in hours for item in hour.blockings}
    said: dict[str, Any] = {"edges": sumo.network.edge_count, "hours": len(hours), "probes": {}}
    for text, cameras in sets.items():
        began = time.monotonic()
        run, tally = Run(sumo, read_stops(folder / "stops.csv"), text, noise_m, seed), Tally()
        for hour in hours:
            click.echo(f"{text}: {hour.folder.name}", err=True)
            alarms = run.drive(hour, every_s)
            if hour.kind != "train":
                tally.take(hour, alarms, middles)
        rows = figures(tally, blockings)
        if cameras:
            rows["baselines"] = {
                name: figures(other, blockings) for name, other in classic(run, hours, sumo, middles).items()
            }
        said["probes"][text] = {**rows, "seconds": round(time.monotonic() - began, 1)}
    click.echo(json.dumps(said, indent=1))
