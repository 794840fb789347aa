"""What every benchmark prints: one JSON object, the same for all."""

import json
import os
import platform
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Figure:
    """One figure beside its peer; ``ratio`` is ours over the peer's.

    ``goal`` says in words what the figure should reach, for instance ``"ratio >= 0.5"``.
    """

    name: str
    unit: str
    ours: float
    peer: str | None = None
    peer_value: float | None = None
    goal: str | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's, ``None`` without a peer."""
        return round(self.ours / self.peer_value, 3) if self.peer_value else None


def machine() -> str:
    """Name the processor, its cores and the Python that ran."""
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text(encoding="utf-8").splitlines() if info.exists() else ())
        if line.startswith("model name")
    ]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def peak_mib() -> float:
    """Return the most memory this process or one of its children ever held, MiB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / unit, 1
    )


def print_report(bench: str, figures: Sequence[Figure]) -> None:
    """Print the JSON of one benchmark.

    Parameters
    ----------
    bench : str
        Its name, as in ``hanoi bench NAME``.
    figures : Sequence of Figure
        What was measured.
    """
    rows = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
    report = {"bench": bench, "machine": machine(), "figures": rows, "peak_mib": peak_mib()}
    click.echo(json.dumps(report, indent=1, ensure_ascii=False))
