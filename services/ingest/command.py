"""`hanoi token …`: who may bring reports, and how much."""

from collections.abc import Callable, Sequence
from typing import Any

import click
import msgspec

from services.ingest import tokens
from services.ingest.tokens import Source, TokenError
from services.settings import Settings, SettingsError

FAILURES = (TokenError, SettingsError)


def rights(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what a source may do."""
    options = (
        click.option(
            "--rate", "rate_per_s", type=click.FloatRange(min=0, min_open=True), help="Most reports a second."
        ),
        click.option("--vehicle", "vehicles", multiple=True, help="The only vehicle it may report; may be repeated."),
        click.option("--clock-offset", "clock_offset_s", type=float, help="Seconds its clock is known to be ahead."),
        click.option("--note", help="For people: whose it is, whom to call."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("add")
@click.argument("source")
@click.option("--player", is_flag=True, help="The source may set the city's clock (recorded days).")
@rights
def add_token(source: str, player: bool, vehicles: tuple[str, ...], **given: Any) -> None:
    """Make a token for SOURCE and show it once; an older one of SOURCE stops working."""
    asked = {name: value for name, value in given.items() if value is not None}
    try:
        token = tokens.add_token(Settings(), source, player=player, vehicles=vehicles or None, **asked)
    except FAILURES as error:
        raise click.ClickException(str(error)) from error
    click.echo(token)
    click.echo(f"Sent as `Authorization: Bearer TOKEN` it lets {source} in; it is not shown again.", err=True)


@click.command("list")
def list_tokens() -> None:
    """List the sources that have a token, and what each may do."""
    try:
        settings = Settings()
        sources = tokens.read_sources(settings.ingest.tokens_file)
    except FAILURES as error:
        raise click.ClickException(str(error)) from error
    if not sources:
        click.echo("No source has a token; make one with `hanoi token add SOURCE`.")
        return
    default = f"{settings.ingest.rate_per_s:g}/s"
    rows = [("source", "rate", "vehicles", "clock", "note")]
    rows += [(name, *describe(source, default)) for name, source in sorted(sources.items())]
    click.echo(table(rows))


def describe(source: Source, default_rate: str) -> tuple[str, str, str, str]:
    """Return rate, vehicles, clock and note of a source as words."""
    rate = f"{source.rate_per_s:g}/s" if source.rate_per_s else "no limit" if source.player else default_rate
    if source.rate_per_s is not None and source.rate_per_s >= tokens.NO_LIMIT_PER_S:
        rate = "no limit"
    vehicles = "any" if source.vehicles is None else ", ".join(source.vehicles[:3])
    if source.vehicles is not None and len(source.vehicles) > 3:
        vehicles += f" and {len(source.vehicles) - 3} more"
    clock = "sets the city's" if source.player else f"{source.clock_offset_s:+g} s" if source.clock_offset_s else ""
    return rate, vehicles, clock, source.note


@click.command("set")
@click.argument("source")
@click.option("--any-vehicle", is_flag=True, help="It may report any vehicle again.")
@click.option("--default-rate", is_flag=True, help="Its rate is that of the settings again.")
@rights
def set_token(source: str, any_vehicle: bool, default_rate: bool, vehicles: tuple[str, ...], **given: Any) -> None:
    """Change what SOURCE may do; its token stays, and running doors take it up at once."""
    changes = {name: value for name, value in given.items() if value is not None}
    changes |= {"vehicles": vehicles} if vehicles else {"vehicles": None} if any_vehicle else {}
    changes |= {"rate_per_s": None} if default_rate else {}
    if not changes:
        raise click.UsageError("say what to change: --rate, --vehicle, --clock-offset, --note, …")
    try:
        settings = Settings()
        with tokens.changing_sources(settings.ingest.tokens_file) as sources:
            if source not in sources:
                raise TokenError(f"no source {source!r} has a token; there are {', '.join(sorted(sources)) or 'none'}")
            sources[source] = tokens.convert_source(msgspec.structs.asdict(sources[source]) | changes)
            made = sources[source]
    except FAILURES as error:
        raise click.ClickException(str(error)) from error
    rate, which, clock, note = describe(made, f"{settings.ingest.rate_per_s:g}/s")
    click.echo(f"{source}: {rate}, vehicles {which}" + "".join(f", {word}" for word in (clock, note) if word))


@click.command("revoke")
@click.argument("names", metavar="SOURCE…", nargs=-1, required=True)
def revoke_token(names: tuple[str, ...]) -> None:
    """Make the tokens of sources stop working; running doors turn them away at once."""
    try:
        with tokens.changing_sources(Settings().ingest.tokens_file) as sources:
            strange = [name for name in names if name not in sources]
            if strange:
                known = ", ".join(sorted(sources)) or "none"
                raise TokenError(f"no source {', '.join(strange)} has a token; there are {known}. Nothing was changed")
            for name in set(names):
                del sources[name]
    except FAILURES as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(set(names))} revoked")


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as columns, the first row as their heads."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
