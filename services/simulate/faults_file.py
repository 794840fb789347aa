"""Faults of trackers by name or from a file."""

from pathlib import Path

import yaml

from fleet.simulation.faults import PRESETS, Faults, FaultsError, change_faults
from services.city.folder import CityError

BASE_KEY = "base"


def read_faults(said: str) -> Faults:
    """Return the faults a person meant.

    Parameters
    ----------
    said : str
        ``none``, ``mild`` or ``harsh``, or a YAML or JSON file of numbers; its key ``base`` names what they change
        (``mild`` by default).

    Returns
    -------
    Faults
        Every rate.

    Raises
    ------
    CityError
        If it is no name and no file that can be used; the text says which key is wrong.
    """
    if said in PRESETS:
        return PRESETS[said]
    path = Path(said)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CityError(f"--faults {said}: neither {', '.join(PRESETS)} nor a file that exists") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CityError(f"{path}: cannot be read as YAML ({str(error).splitlines()[0]})") from error
    if not isinstance(raw, dict):
        raise CityError(f"{path}: a file of faults is a list of `name: number` lines")
    base = raw.pop(BASE_KEY, "mild")
    if base not in PRESETS:
        raise CityError(f"{path}: base {base!r} is none of {', '.join(PRESETS)}")
    try:
        return change_faults(PRESETS[base], {str(key): value for key, value in raw.items()})
    except FaultsError as error:
        raise CityError(f"{path}: {error}") from error
