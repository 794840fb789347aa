"""`hanoi store …`."""

import click

from services.settings import Settings, SettingsError
from services.store.engine import open_store
from services.store.errors import StoreError


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    try:
        with open_store(Settings().place.database_url) as store:
            before = store.find_revision()
            after = store.migrate()
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from error
    change = "already at" if before == after else f"{before or 'empty'} →"
    click.echo(f"{store.name}: {change} {after}")
