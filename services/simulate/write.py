"""A simulated period as files: reports, truth and roster; whole or not at all, same seed same bytes."""

import contextlib
import csv
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fleet.simulation.counts import CameraPlace, Counters
from fleet.simulation.duties import roster_rows
from fleet.simulation.simulation import Simulation
from fleet.simulation.truth import TrueCall
from services.city.folder import CityError
from services.simulate.edges import EdgeFile
from services.simulate.formats import FORMATS

MINUTE_MS = 60_000
TRUTH, EDGES, COUNTS, ROSTER = "truth.jsonl", "edges.parquet", "counts.jsonl", "roster.csv"


@dataclass(frozen=True)
class Files:
    """What to write where: reports in some formats and the roster to ``out``, the truth to ``truth``.

    ``edge_interval_s`` 0 writes no speeds of edges; ``cameras`` count road users where there are some.
    """

    out: Path
    truth: Path
    formats: tuple[str, ...] = ("fixes",)
    edge_interval_s: int = 300
    cameras: Sequence[CameraPlace] = ()


@dataclass
class Written:
    """How much was simulated."""

    vehicles: int
    fixes: int = 0
    calls: int = 0
    most_running: int = 0


def write_simulation(
    simulation: Simulation, files: Files, *, end_ms: int, advance: Callable[[int, int], None]
) -> Written:
    """Run a simulation to its end and write what it says.

    Parameters
    ----------
    simulation : Simulation
        Set to its beginning.
    files : Files
        What to write where; folders are made if absent, older files of the same names replaced.
    end_ms : int
        Where it ends, milliseconds since 1970.
    advance : callable
        Called once a simulated minute with the moment and the buses on a trip.

    Returns
    -------
    Written
        Counts.

    Raises
    ------
    CityError
        If a folder cannot be written.
    """
    new = files.out / ".new"
    try:
        shutil.rmtree(new, ignore_errors=True)
        (new / "out").mkdir(parents=True)
        (new / "truth").mkdir()
        written = _write(simulation, files, new, end_ms, advance)
        for kind, folder in (("truth", files.truth), ("out", files.out)):
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted((new / kind).iterdir()):
                _put(path, folder / path.name)
    except OSError as error:
        raise CityError(f"{files.out}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return written


def _put(path: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    shutil.move(path, target)


def _write(
    simulation: Simulation, files: Files, new: Path, end_ms: int, advance: Callable[[int, int], None]
) -> Written:
    written = Written(len(simulation.plan.duties))
    encode = msgspec.json.Encoder().encode_lines
    roads = simulation.world.traffic.roads
    counters = Counters(roads, files.cameras, simulation.world.seed)
    with contextlib.ExitStack() as stack:
        reports = [stack.enter_context(contextlib.closing(FORMATS[name][1](new / "out"))) for name in files.formats]
        truth_file = stack.enter_context((new / "truth" / TRUTH).open("wb"))
        count_file = stack.enter_context((new / "out" / COUNTS).open("wb")) if counters.edges else None
        edges = None
        if files.edge_interval_s and roads.network_edges:
            edges = stack.enter_context(EdgeFile(new / "truth" / EDGES, roads, files.edge_interval_s))
        truth_file.write(encode(simulation.circumstances()))
        while simulation.now_ms < end_ms:
            if simulation.now_ms % MINUTE_MS == 0:
                if edges is not None:
                    edges.take(simulation.buses.flow, simulation.now_ms)
                if count_file is not None:
                    counted, true = counters.count(simulation.buses.flow, simulation.now_ms)
                    count_file.write(encode(counted))
                    truth_file.write(encode(true))
                written.most_running = max(written.most_running, simulation.running)
                advance(simulation.now_ms, simulation.running)
            fixes, truth = simulation.step()
            for report in reports:
                report.take(fixes, simulation.now_ms)
            truth_file.write(encode(truth))
            written.fixes += len(fixes)
            written.calls += sum(isinstance(entry, TrueCall) for entry in truth)
        advance(end_ms, simulation.running)
    _write_roster(simulation, new / "out" / ROSTER)
    return written


def _write_roster(simulation: Simulation, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("vehicle_id", "route_id", "service_date"))
        writer.writerows(roster_rows(simulation.plan.runs, simulation.plan.duties))
