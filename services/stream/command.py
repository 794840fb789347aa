"""`hanoi stream topics`, `groups` and `resume`."""

import time

import click

from schemas.message import encode
from schemas.stream_order import StreamOrder
from schemas.topics import TOPICS, get_topic
from services.settings import Settings, SettingsError
from services.stream import open_stream
from services.stream.base import Committed, Outgoing, Partition, Stream
from services.stream.errors import StreamError
from services.stream.orders import TOPIC as ORDERS
from services.stream.poison import parse_stop


@click.command()
def topics() -> None:
    """List topics, partitions and how much lies in them."""
    try:
        with open_stream(Settings().place.stream_url) as stream:
            stream.ensure_topics(TOPICS.values())
            click.echo(f"{'topic':24}{'partitions':>11}{'written':>12}{'dead':>8}  {'kept':>8}  key, meaning")
            for topic in TOPICS.values():
                ends = stream.end_offsets(topic.name)
                dead = sum(stream.end_offsets(topic.dead).values())
                kept = "newest" if topic.compacted else f"{topic.retention_s // 3600} h"
                click.echo(
                    f"{topic.name:24}{len(ends):>11}{sum(ends.values()):>12}{dead:>8}  "
                    f"{kept:>8}  {topic.key}: {topic.meaning}"
                )
    except (SettingsError, StreamError) as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.argument("group", required=False)
def groups(group: str | None) -> None:
    """Show how far each group came, what lies ahead of it, and where reading stopped and why."""
    try:
        with open_stream(Settings().place.stream_url) as stream:
            found = stream.groups()
            if group is not None and group not in found:
                raise click.ClickException(f"no group {group!r} committed anything yet; there are {', '.join(found)}")
            for name in sorted(found) if group is None else [group]:
                _show_group(stream, name, dict(found[name]))
    except (SettingsError, StreamError) as error:
        raise click.ClickException(str(error)) from error


def _show_group(stream: Stream, group: str, offsets: dict[Partition, Committed]) -> None:
    ends = {topic: stream.end_offsets(topic) for topic in sorted({partition.topic for partition in offsets})}
    for partition, at in sorted(offsets.items()):
        behind = max(0, ends[partition.topic].get(partition, 0) - at.offset)
        stop = parse_stop(at.note)
        said = f"STOPPED: {stop.reason}" if stop is not None else ""
        place = f"{partition.topic}/{partition.partition}"
        click.echo(f"{group:16} {place:28} {at.offset:>11} {behind:>9} ahead  {said}".rstrip())


@click.command()
@click.argument("group")
@click.argument("place", metavar="TOPIC/PARTITION")
@click.option(
    "--until", type=int, help="Set aside what is unreadable before this offset; by default all that is there."
)
def resume(group: str, place: str, until: int | None) -> None:
    """Have a stopped partition read on, and what cannot be read set aside as dead letters.

    Readable records in between are handled. The reader obeys within a second if it runs, else when it is started.
    """
    name, _, number = place.rpartition("/")
    try:
        with open_stream(Settings().place.stream_url) as stream:
            partition = Partition(get_topic(name).name, int(number))
            at = stream.groups().get(group, {}).get(partition)
            if at is None or parse_stop(at.note) is None:
                raise click.ClickException(f"group {group} has not stopped at {place}; see `hanoi stream groups`")
            end = stream.end_offsets(name)[partition]
            until = end if until is None else until
            if not at.offset < until <= end:
                raise click.ClickException(f"--until must be above {at.offset}, where it stopped, and at most {end}")
            now_ms = time.time_ns() // 1_000_000
            order = StreamOrder(group=group, topic=name, partition=int(number), until_offset=until, time_ms=now_ms)
            producer = stream.producer()
            producer.send([Outgoing(ORDERS, group.encode(), encode(order))])
            producer.flush()
    except (KeyError, ValueError) as error:
        raise click.ClickException(f"{place!r} is no TOPIC/PARTITION: {error.args[0]}") from error
    except (SettingsError, StreamError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{group} reads {place} on from {at.offset}; what is unreadable before {until} is set aside")
