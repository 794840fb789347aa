"""What a run of SUMO wrote: the places of chosen vehicles, and the true speed of every edge."""

import gzip
import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

NONE = (0.0, 0.0)


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


def read_truth(path: Path, least_s: float, without: Path | None = None) -> list[EdgeTruth]:
    """Read mean speeds of edges (``<edgeData>``): metres of all vehicles over their seconds.

    Parameters
    ----------
    path : Path
        XML, gzipped or not.
    least_s : float
        Edges on which vehicles were for less time in an interval are left out.
    without : Path, optional
        The same of vehicles that are no traffic, as buses that stand at stops: their metres and seconds are taken off.

    Returns
    -------
    list of EdgeTruth
        In order of time.

    Raises
    ------
    click.ClickException
        If it is no such file, or the other is of another run.
    """
    whole = _read_intervals(path)
    off = _read_intervals(without) if without else {}
    if off and off.keys() != whole.keys():
        raise click.ClickException(f"{without}: other intervals than {path}; give the edgeData of the same run")
    out = []
    for (begin_s, end_s), edges in sorted(whole.items()):
        others = off.get((begin_s, end_s), {})
        rest = {name: (m - others.get(name, NONE)[0], s - others.get(name, NONE)[1]) for name, (m, s) in edges.items()}
        out.append(EdgeTruth(begin_s, end_s, {name: max(m, 0.0) / s for name, (m, s) in rest.items() if s >= least_s}))
    return out


def _read_intervals(path: Path) -> dict[tuple[float, float], dict[str, tuple[float, float]]]:
    """Return metres and seconds of vehicles on each edge, by the begin and end of intervals."""
    out: dict[tuple[float, float], dict[str, tuple[float, float]]] = {}
    with _open(path) as file:
        for event, element in _parse(path, file):
            if element.tag == "interval" and event == "end":
                times = float(element.get("begin", 0)), float(element.get("end", 0))
                out[times] = {edge.get("id", ""): _driven(edge) for edge in element.iter("edge") if edge.get("speed")}
                element.clear()
    if not out:
        raise click.ClickException(f'{path}: no intervals of edges; write it with <edgeData period="300" …>')
    return out


def _driven(edge: ET.Element) -> tuple[float, float]:
    seconds = float(edge.get("sampledSeconds", 0))
    return float(edge.get("speed", "nan")) * seconds, seconds


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
