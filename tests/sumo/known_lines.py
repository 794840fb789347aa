"""How often line buses are matched to the edge they are on, with and without their line as the matcher's prior."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np

from routing.matching.stream import Batch, StreamMatcher
from routing.network.sumo import read_sumo
from services.score.sumo_run import read_probes
from tests.sumo.buses import BusLine, add_buses
from tests.sumo.network import Net

PORTION = 500


def score_lines(
    net: Net, lines: list[BusLine], folder: Path, *, every_s: float, noise_m: float, blind: bool, wrong: float
) -> dict[str, float]:
    """Return the share of reports on edges that are matched to SUMO's own edge, with the line and without.

    Parameters
    ----------
    net : Net
        The roads.
    lines : list of BusLine
        As the run had them.
    folder : Path
        A run of `scenario.run_scenario`.
    every_s, noise_m : float
        Seconds between reports; error of receivers on each axis, metres.
    blind : bool
        Reports without speed and heading.
    wrong : float
        Share of buses that are taken for one of any other line.
    """
    about = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))
    line_of = _lines_of_buses(net, lines, about["until_s"], about["seed"])
    sumo = read_sumo(net.file)
    row_of = {name: row for row, name in enumerate(sumo.edge_names)}
    probes = [p for p in read_probes(folder / "fcd.xml.gz", {"bus": 1.0, "cars": 0.0}, every_s)
              if p.vehicle_id in line_of]  # fmt: skip
    rng = np.random.default_rng(about["seed"])
    lost = {name: int(rng.integers(len(lines))) for name in line_of if rng.random() < wrong}
    xy = np.array([(p.x_m, p.y_m) for p in probes]) + rng.normal(0.0, noise_m, (len(probes), 2))
    nothing = np.full(len(probes), np.nan)
    batch = Batch(
        [p.vehicle_id for p in probes], np.array([p.time_s for p in probes]), *sumo.frame.to_lonlat(*xy.T),
        nothing if blind else np.array([p.speed_mps for p in probes]),
        nothing if blind else np.array([p.heading_deg % 360.0 for p in probes]),
        np.array([lost.get(p.vehicle_id, line_of[p.vehicle_id]) for p in probes]),
    )  # fmt: skip
    truth = np.array([row_of.get(p.edge, -1) for p in probes])
    edges = [np.array([row_of[name] for name in line.edges if name in row_of]) for line in lines]
    out = {}
    for name, known in (("without", []), ("with", edges)):
        got = _match(StreamMatcher(sumo.network), batch, known)
        out[name] = round(100.0 * float((got == truth)[truth >= 0].mean()), 2)
    return {**out, "reports": int((truth >= 0).sum())}


def _match(matcher: StreamMatcher, batch: Batch, known: list[np.ndarray]) -> np.ndarray:
    matcher.know_lines(known)
    got = np.full(len(batch.vehicle_ids), -1)
    for at in range(0, len(got), PORTION):
        part = batch.part(at, at + PORTION)
        told = matcher.step(part if known else replace(part, line=None))
        got[told.number] = told.edge
    told = matcher.flush()
    got[told.number] = told.edge
    return got


def _lines_of_buses(net: Net, lines: list[BusLine], until_s: float, seed: int) -> dict[str, int]:
    """Draw the buses of a run once more, for the line of each."""
    root = ET.Element("routes")
    add_buses(root, ET.Element("additional"), net, lines, until_s, seed)
    row_of = {line.name: row for row, line in enumerate(lines)}
    return {bus.get("id", ""): row_of[bus.get("line", "")] for bus in root}
