"""`hanoi settings`."""

import os

import click

from services.settings import CLASSES, known_names


@click.command()
def settings() -> None:
    """List every setting with its value and its meaning."""
    defaults = {
        name: info.get_default()
        for kind in CLASSES.values()
        for name, info in (
            (f"{kind.model_config.get('env_prefix') or ''}{field}".upper(), info)
            for field, info in kind.model_fields.items()
        )
    }
    for name, meaning in known_names().items():
        value = os.environ.get(name)
        click.echo(f"{name} = {defaults[name] if value is None else value}")
        click.echo(f"    {meaning}{'' if value is None else ' (set in the environment)'}")
