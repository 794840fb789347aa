"""Tells Prometheus where each process of this city serves its figures (file_sd)."""

import json
from collections.abc import Mapping
from pathlib import Path

FILE = "prometheus/hanoi.json"


class TargetsFile:
    """``var/run/prometheus/hanoi.json``, written when a process has a new port.

    Parameters
    ----------
    folder : Path
        ``var/run``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._written: dict[str, int] | None = None

    def write(self, ports: Mapping[str, int]) -> None:
        """Write process → port, whole or not at all; those without a port are left out."""
        known = {process: port for process, port in ports.items() if port}
        if known == self._written:
            return
        groups = [{"targets": [f"127.0.0.1:{port}"], "labels": {"process": process}} for process, port in known.items()]
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")
        new.replace(self._path)
        self._written = known

    def remove(self) -> None:
        """Nothing runs any more."""
        self._path.unlink(missing_ok=True)
