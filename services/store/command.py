"""`hanoi store …`."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from services.clock import WallClock
from services.settings import Settings, SettingsError
from services.store import retention
from services.store.engine import Store, open_store
from services.store.errors import StoreError
from services.store.retention import KEEP_DAYS, give_back, keep_below, used_bytes
from services.store.schema import check_revision
from services.store.status import StoreStatus, TableStatus, read_status


@contextmanager
def _opened() -> Iterator[tuple[Store, Settings]]:
    try:
        settings = Settings()
        with open_store(settings.place.database_url) as store:
            yield store, settings
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from error


def _migrated(store: Store) -> None:
    """Refuse a database that is empty or newer before anything in it is touched."""
    revision = store.find_revision()
    if revision is None:
        raise StoreError(f"{store.name} is empty; run `hanoi store migrate`")
    check_revision(store.name, revision)


@click.command()
@click.option(
    "--to", metavar="REVISION", help="Up or down to this revision, or `base`; tables it lacks go with their rows."
)
@click.option("--yes", is_flag=True, help="Do not ask before going down.")
def migrate(to: str | None, yes: bool) -> None:
    """Bring the database to the newest schema, or to another."""
    with _opened() as (store, _):
        before = store.find_revision()
        if to is not None and before is not None and (to == "base" or to < before) and not yes:
            click.confirm(f"{store.name}: down from {before} to {to}. A backup first is wise. Go on?", abort=True)
        after = store.migrate(to)
    change = "already at" if before == after else f"{before or 'empty'} →"
    click.echo(f"{store.name}: {change} {after}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@click.option("--partitions", is_flag=True, help="A line for each partition too.")
def status(as_json: bool, partitions: bool) -> None:
    """Show revision, bytes, rows, and the oldest and newest row of each table."""
    with _opened() as (store, _):
        found = read_status(store)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1))
        return
    revision = found.revision or "none, run `hanoi store migrate`"
    click.echo(f"{found.name}: revision {revision}, {_size(found.size_bytes)}")
    for line in _lines(found, partitions=partitions):
        click.echo(line)


def _lines(found: StoreStatus, *, partitions: bool) -> Iterator[str]:
    rows = "rows (about)" if found.rows_are_estimated else "rows"
    yield f"{'table':<34}{rows:>14}{'size':>11}  {'oldest':<17}newest"
    for table in found.tables:
        yield _line(table)
        if partitions:
            yield from (_line(part, indent="  ") for part in table.partitions)


def _line(table: TableStatus, indent: str = "") -> str:
    size = "-" if table.size_bytes is None else _size(table.size_bytes)
    return (
        f"{indent + table.name:<34}{table.rows:>14,}{size:>11}  {_time(table.oldest_ms):<17}{_time(table.newest_ms)}"
    ).rstrip()


def _size(count: int) -> str:
    amount = float(count)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def _time(time_ms: int | None) -> str:
    if time_ms is None:
        return ""
    try:
        return dt.datetime.fromtimestamp(time_ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError):
        return str(time_ms)


def _days(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    del context, parameter
    days: dict[str, int] = {}
    for value in values:
        table, _, number = value.partition("=")
        if table not in KEEP_DAYS or not number.isdigit() or int(number) < 1:
            raise click.BadParameter(f"{value!r} is not TABLE=DAYS with a table of {', '.join(KEEP_DAYS)}")
        days[table] = int(number)
    return days


@click.command()
@click.option(
    "--days", multiple=True, metavar="TABLE=DAYS", callback=_days, help="Keep this table shorter (or longer)."
)
@click.option("--compact", is_flag=True, help="SQLite: write the file anew without gaps; services must be stopped.")
def prune(days: dict[str, int], compact: bool) -> None:
    """Let rows older than each table keeps go now; the archive does so every hour."""
    with _opened() as (store, settings):
        _migrated(store)
        before, now_ms = used_bytes(store), WallClock().now_ms()
        gone: dict[str, int] = retention.prune(store, now_ms, {**KEEP_DAYS, **days})
        if not store.is_postgis:
            limit = int(settings.store.sqlite_limit_gib * 2**30)
            gone = {**gone, **keep_below(store, now_ms, limit)}
            (retention.compact if compact else give_back)(store)
        after = used_bytes(store)
    unit = "partitions or rows" if store.is_postgis else "rows"
    for table, count in gone.items():
        click.echo(f"{table}: {count:,} {unit} went")
    click.echo(f"{store.name}: {_size(before)} → {_size(after)}")
