"""Environment of the children: everything that lives, below one folder."""

from collections.abc import Mapping
from pathlib import Path


def place_environment(
    environ: Mapping[str, str], var_dir: Path, city_dir: Path | None, *, repeat_calendar: bool = False
) -> dict[str, str]:
    """Return the settings that put log, store, media, tokens and keys below one folder.

    Parameters
    ----------
    environ : Mapping of str to str
        What is set already; it wins, but for the folder itself, the city and the calendar.
    var_dir : Path
        The folder.
    city_dir : Path, optional
        The city folder asked for.
    repeat_calendar : bool
        Whether an ended calendar is mapped onto this week.

    Returns
    -------
    dict of str to str
        The whole environment.
    """
    var = var_dir.resolve()
    defaults = {
        "STREAM_URL": f"sqlite:///{var}/stream",
        "DATABASE_URL": f"sqlite:///{var}/store.sqlite",
        "MEDIA_URL": f"file://{var}/media",
        "CITY_DIR": str(var / "city"),
        "HANOI_INGEST_TOKENS_FILE": str(var / "tokens.json"),
        "HANOI_VISION_KEY_FILE": str(var / "keys" / "evidence.pem"),
    }
    asked = {"HANOI_RUN_VAR_DIR": str(var)}
    if city_dir is not None:
        asked["CITY_DIR"] = str(city_dir.resolve())
    if repeat_calendar:
        asked["HANOI_RUN_REPEAT_CALENDAR"] = "true"
    return {**defaults, **environ, **asked}
