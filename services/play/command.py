"""`hanoi play`."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import httpx

from schemas.fix import Fix
from services.city.folder import CityError, CityFolder
from services.ingest.tokens import TokenError, internal_token
from services.play.player import in_order
from services.play.player import play as play_fixes
from services.play.sender import TIMEOUT_S, Sender, SendError
from services.recordings import FORMATS, RecordingError, Refusal, read_recording
from services.run.place import place_environment
from services.settings import Settings, SettingsError

DOOR_OF_SUFFIX = {".pb": "gtfs-rt", ".bin": "gtfs-rt", ".json": "ufms-json", ".ufms": "ufms"}
UTC_NAME = "UTC"


@click.command()
@click.option("--positions", type=click.Path(path_type=Path), required=True, help="A recording, or a folder of them.")
@click.option("--speed", type=click.FloatRange(0.01, 10_000), default=1.0, show_default=True, help="Times real time.")
@click.option("--source", default="play", show_default=True, help="Name of the source the fixes come from.")
@click.option("--url", help="Address of the doors.  [default: as the settings say]")
@click.option("--from", "from_", help="Begin here: ISO time, or HH:MM of the recording's first day in the city's zone.")
@click.option("--until", help="End here, likewise.")
@click.option("--loop", is_flag=True, help="Begin again at the end, until Ctrl-C.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="auto", show_default=True)
@click.option("--timezone", help="Zone of local times that name none.")
@click.option("--token-file", type=click.Path(path_type=Path), help="File with a token; needed for doors elsewhere.")
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder of the running city.")
def play(
    positions: Path,
    speed: float,
    source: str,
    url: str | None,
    from_: str | None,
    until: str | None,
    loop: bool,
    form: str,
    timezone: str | None,
    token_file: Path | None,
    var_dir: Path | None,
) -> None:
    """Push a recorded day through the doors in its own clock."""
    try:
        settings = settings_of(var_dir)
        fixes, unread = read_fixes(positions, form, source, timezone)
        zone = ZoneInfo(timezone or _city_zone(settings))
        chosen = in_order(fixes, _moment(from_, fixes, zone), _moment(until, fixes, zone))
        if not chosen:
            raise RecordingError(f"{positions}: no fix between {from_ or 'its begin'} and {until or 'its end'}")
        token = token_file.read_text().strip() if token_file else internal_token(settings, source, player=True)
        base = url or f"http://{settings.ingest.host}:{settings.ingest.port}"
        with httpx.Client(base_url=base, timeout=TIMEOUT_S, trust_env=False) as client:
            sender = Sender(client, token)
            _play_rounds(chosen, sender, speed, door_of(positions, form), source, zone, loop=loop)
    except (RecordingError, SendError, TokenError, SettingsError, OSError) as error:
        raise click.ClickException(str(error)) from error
    _tell(sender, unread)


def read_fixes(path: Path, form: str, source: str, timezone: str | None) -> tuple[list[Fix], list[Refusal]]:
    """Read a whole recording.

    Parameters
    ----------
    path : Path
        The recording.
    form : str
        Its format, or ``auto``.
    source : str
        Name of the source.
    timezone : str or None
        Zone of local times that name none.

    Returns
    -------
    tuple of list of Fix and list of Refusal
        The fixes in the order of the file, and what could not be read.
    """
    unread: list[Refusal] = []
    return list(read_recording(path, form, source, timezone=timezone, on_refusal=unread.append)), unread


def door_of(path: Path, form: str) -> str:
    """Return the door that fits a recording's format; the CSV door holds everything."""
    if form != "auto":
        return form
    suffix = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    return DOOR_OF_SUFFIX.get(suffix.lower(), "csv")


def settings_of(var_dir: Path | None) -> Settings:
    """Return the settings of the city that runs in a folder."""
    if var_dir is not None:
        os.environ.update(place_environment(os.environ, var_dir, None))
    return Settings()


def _city_zone(settings: Settings) -> str:
    try:
        return CityFolder(settings.place.city_dir).city.timezone
    except CityError:
        return UTC_NAME


def _moment(text: str | None, fixes: list[Fix], zone: ZoneInfo) -> int | None:
    if text is None:
        return None
    try:
        if len(text) <= 5:
            first = datetime.fromtimestamp(min(fix.time_ms for fix in fixes) / 1000, zone)
            moment = datetime.combine(first.date(), datetime.strptime(text, "%H:%M").time(), zone)  # noqa: DTZ007
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise RecordingError(f"{text!r} is no time: write 2026-02-16T16:00+00:00 or 16:00") from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)


def _play_rounds(
    fixes: list[Fix], sender: Sender, speed: float, form: str, source: str, zone: ZoneInfo, *, loop: bool
) -> None:
    try:
        while True:
            with _progress(len(fixes), zone) as progress:
                play_fixes(
                    fixes,
                    sender,
                    speed=speed,
                    form=form,
                    source=source,
                    wall_ms=lambda: time.time_ns() // 1_000_000,
                    wait=time.sleep,
                    progress=progress,
                )
            if not loop:
                return
    except KeyboardInterrupt:
        click.echo("stopped")


@contextmanager
def _progress(total: int, zone: ZoneInfo) -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.fields[city]}"), BarColumn(), MofNCompleteColumn(), TextColumn("fixes"))
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task("play", total=total, city="")

        def show(event_ms: int, sent: int) -> None:
            city = datetime.fromtimestamp(event_ms / 1000, zone).strftime("%Y-%m-%d %H:%M:%S")
            bar.update(task, completed=sent, city=city)

        yield show


def _tell(sender: Sender, unread: list[Refusal]) -> None:
    sent = sender.sent
    click.echo(f"accepted {sent.accepted}, refused {sent.refused}, not readable in the file {len(unread)}")
    for reason, count in sorted(sent.reasons.items(), key=lambda item: -item[1])[:10]:
        click.echo(f"  {count} × {reason}")
    for refusal in unread[:5]:
        click.echo(f"  record {refusal.index}: {refusal.field}: {refusal.reason}; {refusal.mend}")
