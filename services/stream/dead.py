"""`hanoi stream dead …`: look at what could not be read, and put it back once it can be."""

import datetime as dt
from collections.abc import Iterator, Sequence

import click

from schemas.topics import DEAD_SUFFIX, TOPICS
from services.settings import Settings, SettingsError
from services.stream import open_stream
from services.stream.base import Partition, Stream
from services.stream.dead_letter import DeadLetter, parse_dead_letter, revive
from services.stream.errors import StreamError


def letter_id(letter: DeadLetter) -> str:
    """Return the name of a dead letter, ``TOPIC.dead/PARTITION:OFFSET``."""
    return f"{letter.record.topic}/{letter.record.partition}:{letter.record.offset}"


def read_dead_letters(stream: Stream, topics: Sequence[str]) -> Iterator[DeadLetter]:
    """Read the dead letters of topics from the oldest to those that are there now."""
    dead = [topic + DEAD_SUFFIX for topic in topics]
    ends = {partition: end for topic in dead for partition, end in stream.end_offsets(topic).items() if end}
    tail = stream.tail(dead, since_ms=0)
    try:
        while ends:
            records = tail.poll(500, 2.0)
            if not records:
                return  # what is left was pruned
            for record in records:
                partition = Partition(record.topic, record.partition)
                if record.offset < ends.get(partition, 0):
                    yield parse_dead_letter(record)
                if record.offset + 1 >= ends.get(partition, 0):
                    ends.pop(partition, None)
    finally:
        tail.close()


def get_dead_letter(stream: Stream, name: str) -> DeadLetter:
    """Return one dead letter by its name; ``StreamError`` if it is absent."""
    place, _, offset = name.rpartition(":")
    topic, _, number = place.rpartition("/")
    if not (topic.endswith(DEAD_SUFFIX) and number.isdigit() and offset.isdigit()):
        raise StreamError(f"{name!r} names no dead letter; the names are in `hanoi stream dead list`")
    partition = Partition(topic, int(number))
    if int(offset) < stream.end_offsets(topic).get(partition, 0):
        tail = stream.tail([topic])
        try:
            tail.seek(partition, int(offset))
            for record in tail.poll(1, 5.0):
                if record.offset == int(offset):
                    return parse_dead_letter(record)
        finally:
            tail.close()
    raise StreamError(f"{name}: no such dead letter, or it is older than its topic keeps")


def _open() -> Stream:
    try:
        return open_stream(Settings().place.stream_url)
    except (SettingsError, StreamError) as error:
        raise click.ClickException(str(error)) from error


def _chosen(topic: str | None) -> list[str]:
    if topic is None:
        return list(TOPICS)
    name = topic.removesuffix(DEAD_SUFFIX)
    if name not in TOPICS:
        raise click.ClickException(f"no topic {topic!r}; there are {', '.join(TOPICS)}")
    return [name]


def _local_time(time_ms: int) -> str:
    return dt.datetime.fromtimestamp(time_ms / 1000).astimezone().isoformat(timespec="seconds") if time_ms > 0 else "?"


@click.command("list")
@click.argument("topic", required=False)
@click.option("--limit", default=100, show_default=True, help="Show at most so many, the newest.")
def list_(topic: str | None, limit: int) -> None:
    """List dead letters."""
    with _open() as stream:
        try:
            letters = list(read_dead_letters(stream, _chosen(topic)))
        except StreamError as error:
            raise click.ClickException(str(error)) from error
    letters.sort(key=lambda letter: (letter.time_ms, letter.record.offset))
    for letter in letters[-limit:]:
        click.echo(f"{letter_id(letter)}\t{_local_time(letter.time_ms)}\t{letter.service}\t{letter.reason}")
    click.echo(
        f"{len(letters)} dead letters" + (f", the newest {limit} shown" if len(letters) > limit else ""), err=True
    )


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Show one dead letter with its reason and its origin."""
    with _open() as stream:
        try:
            letter = get_dead_letter(stream, name)
        except StreamError as error:
            raise click.ClickException(str(error)) from error
    record = letter.record
    click.echo(f"name     {letter_id(letter)}")
    click.echo(f"reason   {letter.reason}")
    click.echo(f"origin   {letter.origin_topic}/{letter.origin_partition}:{letter.origin_offset}")
    click.echo(f"service  {letter.service}")
    click.echo(f"time     {_local_time(letter.time_ms)}")
    click.echo(f"key      {'' if record.key is None else record.key.decode(errors='backslashreplace')}")
    click.echo(f"value    {len(record.value)} bytes")
    click.echo(record.value.decode(errors="backslashreplace"))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--all", "topic", metavar="TOPIC", help="Every dead letter of one topic.")
def replay(names: Sequence[str], topic: str | None) -> None:
    """Put dead letters back into the topic they came from."""
    if not names and topic is None:
        raise click.UsageError("name the dead letters, or give --all TOPIC")
    with _open() as stream:
        try:
            letters = [get_dead_letter(stream, name) for name in names]
            if topic is not None:
                letters += read_dead_letters(stream, _chosen(topic))
            producer = stream.producer()
            producer.send([revive(letter) for letter in letters])
            producer.flush()
        except StreamError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{len(letters)} put back")
