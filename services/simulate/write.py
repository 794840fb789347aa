"""A simulated period as files: reports, truth and roster; whole or not at all, same seed same bytes."""

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fleet.simulation.duties import roster_rows
from fleet.simulation.simulation import Simulation
from fleet.simulation.truth import TrueCall
from services.city.folder import CityError

FILES = ("fixes.jsonl", "truth.jsonl", "roster.csv")


@dataclass(frozen=True)
class Written:
    """How much was simulated."""

    vehicles: int
    fixes: int
    calls: int
    most_running: int


def write_simulation(simulation: Simulation, out: Path, *, end_ms: int, advance: Callable[[int, int], None]) -> Written:
    """Run a simulation to its end and write what it says.

    Parameters
    ----------
    simulation : Simulation
        Set to its beginning.
    out : Path
        Folder for ``fixes.jsonl``, ``truth.jsonl`` and ``roster.csv``; made if absent.
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
        If the folder cannot be written.
    """
    new = out / ".new"
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        written = _write(simulation, new, end_ms, advance)
        for name in FILES:
            (new / name).replace(out / name)
    except OSError as error:
        raise CityError(f"{out}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return written


def _write(simulation: Simulation, folder: Path, end_ms: int, advance: Callable[[int, int], None]) -> Written:
    encoder = msgspec.json.Encoder()
    fix_count = calls = most = 0
    with (folder / "fixes.jsonl").open("wb") as fixes_file, (folder / "truth.jsonl").open("wb") as truth_file:
        truth_file.write(encoder.encode_lines(simulation.circumstances()))
        while simulation.now_ms < end_ms:
            fixes, truth = simulation.step()
            fixes_file.write(encoder.encode_lines(fixes))
            truth_file.write(encoder.encode_lines(truth))
            fix_count += len(fixes)
            calls += sum(isinstance(entry, TrueCall) for entry in truth)
            if simulation.now_ms % 60_000 == 0:
                most = max(most, simulation.running)
                advance(simulation.now_ms, simulation.running)
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("vehicle_id", "route_id", "service_date"))
        writer.writerows(roster_rows(simulation.plan.runs, simulation.plan.duties))
    return Written(len(simulation.plan.duties), fix_count, calls, most)
