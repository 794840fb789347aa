"""One run of SUMO: everything drawn by one seed, its outputs in one folder."""

import json
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.sumo.blockings import add_blockings, draw_blockings, write_truth
from tests.sumo.buses import BusLine, add_buses
from tests.sumo.cameras import add_cameras, write_counts
from tests.sumo.demand import add_trips, draw_trips
from tests.sumo.network import Net
from tests.sumo.tools import call
from tests.sumo.vehicles import add_types


@dataclass(frozen=True)
class Scenario:
    """What happens in one run.

    ``others`` is the share of vehicles besides line buses that report where they are; ``warm_up_s`` is driven before
    anything is measured or blocked.
    """

    trips_per_hour: float
    until_s: float
    seed: int
    blockings: int = 0
    others: float = 0.1
    warm_up_s: float = 300.0
    apart_m: float = 600.0
    edge_period_s: int = 300
    step_s: float = 0.5


def run_scenario(net: Net, lines: list[BusLine], scenario: Scenario, folder: Path) -> None:
    """Run SUMO and leave ``fcd.xml.gz``, ``edgedata.xml.gz``, ``cameras.csv.gz``, ``blockings.csv``, ``scenario.json``.

    Parameters
    ----------
    net : Net
        The roads.
    lines : list of BusLine
        The buses.
    scenario : Scenario
        The rest.
    folder : Path
        Made where it is absent. A run with ``scenario.json`` is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entered = {name for ahead in net.following.values() for name in ahead}
    served = {name for line in lines for name in line.edges if net.following[name] and name in entered}
    blockings = draw_blockings(
        net, scenario.blockings, scenario.seed, among=served, first_s=scenario.warm_up_s + 300.0,
        last_s=scenario.until_s - 900.0, apart_m=scenario.apart_m,
    )  # fmt: skip
    routes, seen = ET.Element("routes"), ET.Element("additional")
    add_types(routes)
    add_buses(routes, seen, net, lines, scenario.until_s, scenario.seed)
    add_trips(routes, draw_trips(net, scenario.trips_per_hour, scenario.until_s, scenario.seed))
    add_blockings(routes, blockings)
    add_cameras(seen, net, folder / "detectors.xml")
    ET.SubElement(
        seen, "edgeData", id="all", file=str(folder / "edgedata.xml.gz"), period=str(scenario.edge_period_s),
        begin=str(scenario.warm_up_s), excludeEmpty="true",
    )  # fmt: skip
    for name, root in (("routes.xml", _in_order(routes)), ("seen.xml", seen)):
        ET.ElementTree(root).write(folder / name)
    _simulate(net, scenario, folder)
    write_truth(folder / "blockings.csv", net, blockings, folder / "stops.xml")
    write_counts(folder / "detectors.xml", folder / "cameras.csv.gz")
    for name in ("detectors.xml", "stops.xml", "routes.xml", "seen.xml"):
        (folder / name).unlink()
    (folder / "scenario.json").write_text(json.dumps(asdict(scenario), indent=1), encoding="utf-8")


def _in_order(routes: ET.Element) -> ET.Element:
    """Put vehicles in order of departure, as SUMO wants them."""
    routes[:] = sorted(routes, key=lambda item: float(item.get("depart", -1)))
    return routes


def _simulate(net: Net, scenario: Scenario, folder: Path) -> None:
    call(
        "sumo", "-n", net.file, "-r", folder / "routes.xml", "-a", folder / "seen.xml", "--seed", scenario.seed,
        "--end", scenario.until_s, "--step-length", scenario.step_s, "--lateral-resolution", 0.8,
        "--weights.random-factor", 1.5,
        "--device.rerouting.probability", 0.6, "--device.rerouting.period", 120, "--time-to-teleport", 900,
         "--ignore-route-errors", "true", "--no-step-log", "true", "--no-warnings", "true",
        "--fcd-output", folder / "fcd.xml.gz", "--device.fcd.period", 10, "--device.fcd.begin", scenario.warm_up_s,
        "--device.fcd.probability", scenario.others, "--fcd-output.attributes", "x,y,angle,type,speed,lane",
        "--stop-output", folder / "stops.xml", "--precision", 2,
    )  # fmt: skip
