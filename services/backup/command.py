"""`hanoi backup …`."""

import datetime as dt
import os
import time
from pathlib import Path

import click

from services.backup.bundle import unpacked
from services.backup.create import create_backup
from services.backup.errors import BackupError
from services.backup.manifest import Manifest
from services.backup.places import CITY, TOKENS
from services.backup.restore import Wish, check_backup, restore_backup
from services.clock import WallClock
from services.media.errors import MediaError
from services.run.place import place_environment
from services.settings import Settings, SettingsError
from services.store.errors import StoreError

ERRORS = (BackupError, StoreError, MediaError, SettingsError)
SOURCE = click.Path(path_type=Path)
city_option = click.option("--city", "city_dir", type=SOURCE, help="The city folder, as given to `hanoi run`.")
var_option = click.option("--var", "var_dir", type=SOURCE, help="Folder for all that lives, as given to `hanoi run`.")


def _settings(var_dir: Path | None, city_dir: Path | None) -> Settings:
    """Read the settings as `hanoi run` does: what is not set lies below one folder."""
    var = var_dir or Settings().run.var_dir
    return Settings(place_environment(os.environ, var, city_dir))


def _tell(step: str) -> None:
    click.echo(f"  {step}", err=True)


def _say(manifest: Manifest) -> str:
    made = dt.datetime.fromtimestamp(manifest.made_ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    rows = sum(table.rows for table in manifest.dump.tables)
    size = sum(part.bytes for part in manifest.parts)
    log = f"log of {len(manifest.log_ends)} topics" if manifest.log_ends else f"log {manifest.log}"
    return (
        f"made {made} by version {manifest.program}; {manifest.dump.kind} at revision {manifest.dump.revision}, "
        f"{rows:,} rows; {log}; media: {manifest.media} ({manifest.media_files} files); "
        f"{len(manifest.parts)} parts, {size / 2**20:.1f} MiB"
    )


@click.command()
@click.option("--out", required=True, type=SOURCE, help="A folder to make, or a file that ends in .tar.")
@click.option(
    "--media", type=click.Choice(["none", "held", "all"]), default="held", show_default=True,
    help="Files of the media store: none, evidence under review or approved, or all.",
)  # fmt: skip
@click.option("--keys", is_flag=True, help="The key that seals evidence too; keep such a backup as you keep the key.")
@var_option
@city_option
def create(out: Path, media: str, keys: bool, var_dir: Path | None, city_dir: Path | None) -> None:
    """Back up the whole city while it runs: database, log, evidence, city folder, tokens."""
    begun_s = time.monotonic()
    try:
        manifest = create_backup(_settings(var_dir, city_dir), out, WallClock().now_ms(), _tell, media=media, keys=keys)
    except ERRORS as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: {_say(manifest)}, in {time.monotonic() - begun_s:.1f} s")
    for name in (CITY, TOKENS):
        if not any(part.path.startswith(name) for part in manifest.parts):
            click.echo(f"No {name} is in it: there is none where the settings say (--city, --var).")
    if not keys:
        click.echo("The key that seals evidence is not in it (--keys); keep that one elsewhere.")


@click.command()
@click.argument("backup", type=SOURCE)
def verify(backup: Path) -> None:
    """Check that a backup is whole: every part there, none changed, of a version this program can restore."""
    try:
        with unpacked(backup) as folder:
            manifest = check_backup(folder)
    except ERRORS as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{backup} is whole: {_say(manifest)}")


@click.command()
@click.argument("backup", type=SOURCE)
@click.option("--force", is_flag=True, help="Set aside files that are there, and replace the database.")
@click.option("--new-log", is_flag=True, help="The log is begun anew (Kafka was lost too): forget the offset rows.")
@var_option
@city_option
def restore(backup: Path, force: bool, new_log: bool, var_dir: Path | None, city_dir: Path | None) -> None:
    """Put a backup back where the settings say; services must be stopped."""
    stamp = dt.datetime.fromtimestamp(WallClock().now_ms() / 1000, dt.UTC).strftime("%Y%m%d-%H%M%S")
    begun_s = time.monotonic()
    try:
        with unpacked(backup) as folder:
            manifest = restore_backup(
                _settings(var_dir, city_dir), folder, Wish(force=force, new_log=new_log, stamp=stamp), _tell
            )
    except ERRORS as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored in {time.monotonic() - begun_s:.1f} s: {_say(manifest)}")
