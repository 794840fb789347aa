"""`hanoi token add`."""

import click

from services.ingest import tokens
from services.settings import Settings, SettingsError


@click.command("add")
@click.argument("source")
@click.option("--player", is_flag=True, help="The source may set the city's clock (recorded days).")
@click.option("--rate", "rate_per_s", type=click.FloatRange(min=0, min_open=True), help="Most reports a second.")
def add_token(source: str, player: bool, rate_per_s: float | None) -> None:
    """Make a token for SOURCE and show it once; an older one of SOURCE stops working."""
    try:
        token = tokens.add_token(Settings(), source, player=player, rate_per_s=rate_per_s)
    except (tokens.TokenError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(token)
    click.echo(f"Sent as `Authorization: Bearer TOKEN` it lets {source} in; it is not shown again.", err=True)
