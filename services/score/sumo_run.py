"""What a run of SUMO wrote: the places of chosen vehicles, and the true speed of every edge."""

import gzip
import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click


@dataclass(frozen=True, slots=True)
class Probe:
    """One report of one vehicle: where SUMO had it, and on which edge (inside junctions one that begins with ``:``)."""

    time_s: float
    vehicle_id: str
    is_bus: bool
    x_m: float
    y_m: float
    speed_mps: float
    heading_deg: float
    edge: str


@dataclass(frozen=True)
class EdgeTruth:
    """The true mean speed of edges in one interval, where vehicles were on them for some time."""

    begin_s: float
    end_s: float
    speed_mps: Mapping[str, float]


def parse_probes(text: str) -> dict[str, float]:
    """Read which vehicles report, for instance ``bus`` or ``bus,cars=5%``.

    Parameters
    ----------
    text : str
        Kinds, apart by commas, each with a share: ``bus`` (types whose name has "bus") and ``cars`` (all others).

    Returns
    -------
    dict
        Share of ``bus`` and of ``cars``, 0 to 1.

    Raises
    ------
    ValueError
        If it says anything else.
    """
    shares = {"bus": 0.0, "cars": 0.0}
    for part in text.split(","):
        name, _, share = part.strip().partition("=")
        value = 1.0 if not share else float(share.rstrip("%")) / (100.0 if share.endswith("%") else 1.0)
        if name not in shares or not 0.0 <= value <= 1.0:
            raise ValueError(f"{part.strip()!r}: say bus, cars, or cars=5%")
        shares[name] = value
    return shares


def read_probes(path: Path, shares: Mapping[str, float], every_s: float) -> Iterator[Probe]:
    """Read the reports of chosen vehicles from a floating-car-data file (``--fcd-output``).

    Parameters
    ----------
    path : Path
        XML, gzipped or not; places in metres of the network.
    shares : mapping
        As `parse_probes` returns it; which cars report depends on their names alone.
    every_s : float
        A report each so many seconds of simulated time.

    Yields
    ------
    Probe
        In order of time.

    Raises
    ------
    click.ClickException
        If it is no such file.
    """
    time_s, due = 0.0, False
    with _open(path) as file:
        for event, element in _parse(path, file):
            if element.tag == "timestep":
                if event == "start":
                    time_s = float(element.get("time", 0))
                    due = time_s % every_s < 1e-6
                else:
                    element.clear()
            elif element.tag == "vehicle" and event == "start" and due:
                is_bus = "bus" in element.get("type", "").lower()
                name = element.get("id", "")
                if share_of(name) < shares["bus" if is_bus else "cars"]:
                    x, y, speed, angle = (float(element.get(key, "nan")) for key in ("x", "y", "speed", "angle"))
                    yield Probe(time_s, name, is_bus, x, y, speed, angle, element.get("lane", "").rpartition("_")[0])


def read_truth(path: Path, least_s: float) -> list[EdgeTruth]:
    """Read mean speeds of edges (``<edgeData>``).

    Parameters
    ----------
    path : Path
        XML, gzipped or not.
    least_s : float
        Edges on which vehicles were for less time in an interval are left out.

    Returns
    -------
    list of EdgeTruth
        In order of time.

    Raises
    ------
    click.ClickException
        If it is no such file.
    """
    out: list[EdgeTruth] = []
    with _open(path) as file:
        for event, element in _parse(path, file):
            if element.tag == "interval" and event == "end":
                speeds = {
                    edge.get("id", ""): float(edge.get("speed", "nan"))
                    for edge in element.iter("edge")
                    if edge.get("speed") and float(edge.get("sampledSeconds", 0)) >= least_s
                }
                out.append(EdgeTruth(float(element.get("begin", 0)), float(element.get("end", 0)), speeds))
                element.clear()
    if not out:
        raise click.ClickException(f'{path}: no intervals of edges; write it with <edgeData period="300" …>')
    return out


def _open(path: Path) -> IO[bytes]:
    try:
        file = path.open("rb")
        magic = file.read(2)
        file.seek(0)
    except OSError as error:
        raise click.ClickException(f"{path}: {error}") from error
    return gzip.open(file) if magic == b"\x1f\x8b" else file  # type: ignore[return-value]


def _parse(path: Path, file: IO[bytes]) -> Iterator[tuple[str, ET.Element]]:
    try:
        yield from ET.iterparse(file, events=("start", "end"))  # noqa: S314 (the person's own file)
    except (ET.ParseError, OSError, EOFError) as error:
        raise click.ClickException(f"{path}: cut off or not XML ({error}); let SUMO end its run by itself") from error


def share_of(name: str) -> float:
    """Return a number from 0 to 1 that depends on a name alone."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32
