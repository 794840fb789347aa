"""SUMO's own programs, as `pip install eclipse-sumo` brings them."""

import importlib.util
import os
import subprocess
from pathlib import Path

HOW = "SUMO is absent: make setup-sumo (530 MB)"


def sumo_home() -> Path | None:
    """Return where SUMO lies; ``None`` where it is not installed."""
    found = importlib.util.find_spec("sumo")
    home = Path(found.origin).parent if found is not None and found.origin else None
    return home if home is not None and (home / "bin" / "sumo").exists() else None


def call(program: str, *arguments: object) -> None:
    """Run one of SUMO's programs to its end.

    Raises
    ------
    RuntimeError
        If SUMO is absent or the program fails; the text has its last words.
    """
    home = sumo_home()
    if home is None:
        raise RuntimeError(HOW)
    done = subprocess.run(
        [home / "bin" / program, *map(str, arguments)],
        capture_output=True, text=True, check=False, env={**os.environ, "SUMO_HOME": str(home)},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program} failed: {(done.stderr or done.stdout)[-800:]}")
