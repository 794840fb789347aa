"""What a replay taught, kept for the replay of a later day."""

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from schemas.lesson import Lesson
from schemas.message import decode, encode

NAME = "lessons.jsonl"


def write_lessons(folder: Path, lessons: Iterable[Lesson]) -> None:
    """Write lessons, one a line, in the order in which they became known."""
    ordered = sorted(lessons, key=lambda lesson: (lesson.known_ms, lesson.identity))
    (folder / NAME).write_bytes(b"".join(encode(lesson) + b"\n" for lesson in ordered))


def read_lessons(folders: Iterable[Path], fingerprint: str) -> list[Lesson]:
    """Read what earlier replays taught.

    Parameters
    ----------
    folders : iterable of Path
        Each written by `hanoi replay`.
    fingerprint : str
        Of the timetable in use.

    Raises
    ------
    click.ClickException
        If a folder is no replay, or one of another timetable.
    """
    lessons: list[Lesson] = []
    for folder in folders:
        try:
            found = [decode(Lesson, line) for line in (folder / NAME).read_bytes().splitlines()]
        except (OSError, msgspec.MsgspecError) as error:
            raise click.ClickException(f"{folder / NAME}: {error}; --history is a folder of `hanoi replay`") from error
        if any(lesson.timetable != fingerprint for lesson in found):
            raise click.ClickException(f"{folder}: replayed with another timetable; replay that day with this --gtfs")
        lessons += found
    return lessons
