"""Where the real inputs and the outside judges lie; a test without them skips and says so."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("SHARED_FOLDER", ROOT.parent / "shared"))


def shared_data(*parts: str) -> Path:
    """Return the path of a real input; skip the test loudly where it is absent.

    Parameters
    ----------
    *parts : str
        Path below ``data/``, for instance ``"wmata", "gtfs.zip"``.

    Returns
    -------
    Path
        A path that exists.
    """
    path = SHARED.joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"REAL INPUT ABSENT: {path} (set SHARED_FOLDER to the folder that holds data/)")
    return path


def judge(name: str) -> Path:
    """Return the path of an outside judge's script; skip the test loudly where it is absent.

    Parameters
    ----------
    name : str
        For instance ``"gtfs_rt.sh"``.

    Returns
    -------
    Path
        An executable script.
    """
    path = SHARED / "judges" / name
    if not path.exists():
        pytest.skip(f"OUTSIDE JUDGE ABSENT: {path}")
    return path
