"""The feed of a replay, read again for what only it knows."""

from pathlib import Path

import click

from fleet.gtfs import GtfsError, Timetable, read_timetable
from services.score.questions import read_summary


def read_feed(folder: Path, gtfs: Path | None = None) -> Timetable:
    """Return the timetable of a replay.

    Parameters
    ----------
    folder : Path
        What `hanoi replay` wrote.
    gtfs : Path, optional
        The feed, where it no longer lies where the replay found it.

    Raises
    ------
    click.ClickException
        If there is no such replay or feed.
    """
    try:
        summary = read_summary(folder)
        options = summary.get("options")
        repeat = bool(options.get("repeat_calendar")) if isinstance(options, dict) else False
        return read_timetable(gtfs or Path(str(summary["gtfs"])), repeat_calendar=repeat)
    except (OSError, KeyError, ValueError) as error:
        raise click.ClickException(f"{folder}: summary.json cannot be read ({error}); is it a replay?") from error
    except GtfsError as error:
        raise click.ClickException(f"{error}; name the feed of this replay with --gtfs") from error
