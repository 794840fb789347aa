"""A whole recording played into the feeds, each judged by itself as it is published: `make judge-day`."""

import datetime as dt
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from fleet.gtfs import read_timetable
from fleet.roster import read_roster
from fleet.tracker import Tracker
from schemas.fix import Fix
from services.api.feeds.moment import take_moment
from services.api.feeds.published import Edition
from services.api.live import Live
from services.api.timetable import CityTimetable
from services.recordings.reader import read_recording
from services.track.pipeline import outputs_of
from tests.data import SHARED

STEP_MS = 10_000
FEEDS = ("vehicle-positions", "trip-updates", "alerts")
# The judge counts that a file is older than the one before by more than 35 s: that is how we sampled.
SAMPLING = frozenset({"W007"})


def play_day(tracker: Tracker, fixes: Sequence[Fix], every_ms: int) -> Iterator[Edition]:
    """Give an edition each so often while a tracker is told a recording as it was received."""
    fixes = sorted(fixes, key=lambda fix: max(fix.received_ms, fix.time_ms))
    live, timetable = Live(), CityTimetable(tracker.timetable)
    now_ms = last_ms = max(fixes[0].received_ms, fixes[0].time_ms)
    at = 0
    while at < len(fixes):
        now_ms, done = now_ms + STEP_MS, at
        while at < len(fixes) and max(fixes[at].received_ms, fixes[at].time_ms) <= now_ms:
            at += 1
        live.take([(topic, message) for topic, _, message in outputs_of(tracker.step(fixes[done:at], now_ms))])
        if now_ms - last_ms >= every_ms:
            last_ms = now_ms
            with live.reading() as state:
                moment = take_moment(state, timetable, now_ms)
            yield Edition(moment, timetable)


def write_edition(edition: Edition, folder: Path) -> dict[str, int]:
    """Write each feed of a moment into a folder of its own; return how many entities each has."""
    moment = dt.datetime.fromtimestamp(edition.moment.now_ms / 1000, dt.UTC)
    counts = {}
    for name in FEEDS:
        file = folder / name / f"{moment:%Y-%m-%dT%H-%M-%S}Z.pb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(edition.message(name).SerializeToString())
        os.utime(file, (moment.timestamp(), moment.timestamp()))
        counts[name] = len(edition.message(name).entity)
    return counts


def judge_feed(gtfs: Path, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return the errors and the warnings of a folder of one feed, by rule."""
    command = [str(SHARED / "judges" / "gtfs_rt.sh"), str(gtfs), str(folder), "", f"{folder}-report"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^(ERROR|WARNING|SYSTEM)\s+(\w+)(?: x(\d+))?", said, re.MULTILINE)
    kinds: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for severity, code, count in found:
        if code not in SAMPLING:
            kinds[severity == "WARNING"][code] = int(count or 1)
    return kinds


@click.command()
@click.argument("gtfs", type=click.Path(path_type=Path, exists=True))
@click.argument("positions", type=click.Path(path_type=Path, exists=True))
@click.option("--roster", type=click.Path(path_type=Path, exists=True))
@click.option("--every", type=int, default=120, show_default=True, help="Seconds between two editions.")
@click.option("--hide-trips", is_flag=True, help="As if the reports named no trip.")
def main(gtfs: Path, positions: Path, roster: Path | None, every: int, hide_trips: bool) -> None:
    """Play a recording into the feeds and have the outside judge look at each."""
    table = read_timetable(gtfs)
    fixes = list(read_recording(positions, timezone=table.timezone))
    if hide_trips:
        fixes = [msgspec.structs.replace(fix, claimed_trip=None) for fix in fixes]
    folder, entities = Path(tempfile.mkdtemp(prefix="feeds-")), dict.fromkeys(FEEDS, 0)
    tracker = Tracker(table, read_roster(roster) if roster else None)
    for edition in play_day(tracker, fixes, every * 1000):
        for name, count in write_edition(edition, folder).items():
            entities[name] += count
    failed = False
    for name in FEEDS:
        errors, warnings = judge_feed(gtfs, folder / name)
        share = 100 * sum(warnings.values()) / max(1, entities[name])
        click.echo(f"{name}: {entities[name]} entities, errors {errors or 0}, warnings {warnings or 0} ({share:.1f} %)")
        failed = failed or bool(errors)
    click.echo(f"files: {folder}")
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
