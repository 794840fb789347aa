"""`hanoi stream topics`."""

import click

from schemas.topics import TOPICS
from services.settings import Settings, SettingsError
from services.stream import open_stream
from services.stream.errors import StreamError


@click.command()
def topics() -> None:
    """List topics, partitions and how much lies in them."""
    try:
        with open_stream(Settings().place.stream_url) as stream:
            stream.ensure_topics(TOPICS.values())
            click.echo(f"{'topic':24}{'partitions':>11}{'written':>12}{'dead':>8}  {'kept':>6}  key, meaning")
            for topic in TOPICS.values():
                ends = stream.end_offsets(topic.name)
                dead = sum(stream.end_offsets(topic.dead).values())
                click.echo(
                    f"{topic.name:24}{len(ends):>11}{sum(ends.values()):>12}{dead:>8}  "
                    f"{topic.retention_s // 3600:>4} h  {topic.key}: {topic.meaning}"
                )
    except (SettingsError, StreamError) as error:
        raise click.ClickException(str(error)) from error
