"""`hanoi user add`."""

import getpass
import sys

import click

from services.auth.errors import AuthError
from services.auth.roles import Role
from services.auth.setup import make_account
from services.clock import WallClock
from services.settings import Settings, SettingsError
from services.store.engine import open_store
from services.store.errors import StoreError


@click.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person may do; may be given several times.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add(name: str, roles: tuple[str, ...], *, password_stdin: bool) -> None:
    """Add an account NAME."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with open_store(Settings().place.database_url) as store:
            store.migrate()
            account = make_account(
                store,
                name=name,
                password=password,
                roles=roles,
                actor=f"console:{getpass.getuser()}"[:64],
                now_ms=WallClock().now_ms(),
            )
    except (AuthError, SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{account.name}: {', '.join(account.roles)}")
