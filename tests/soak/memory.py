"""How much memory a process holds."""

import os
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024


def rss_mib(pid: int | None = None) -> float:
    """Return the resident memory of a process now, MiB; of this one by default."""
    return int(Path(f"/proc/{pid or 'self'}/statm").read_text().split()[1]) * PAGE / MIB


def peak_mib(pid: int | None = None) -> float:
    """Return the most resident memory a process ever had, MiB."""
    lines = Path(f"/proc/{pid or 'self'}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
