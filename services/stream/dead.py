"""`hanoi stream dead …`: look at what could not be read, and put it back once it can be.

A dead letter that was put back is marked in its topic, after the record is safe where it came from; it is
not put back again unless that is asked for. If the command dies between the two, one lot is put back twice, which
changes nothing: every step takes a repeated record for what it is.
"""

import datetime as dt
import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import click

from schemas.message import decode
from schemas.topics import DEAD_SUFFIX, TOPICS, get_topic
from services.settings import Settings, SettingsError
from services.stream import open_stream
from services.stream.base import Partition, Record, Stream
from services.stream.dead_letter import DeadLetter, find_mark, make_mark, parse_dead_letter, revive
from services.stream.errors import StreamError

LOT = 500
_AGO = re.compile(r"^(\d+)([smhd])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Choice:
    """Which dead letters: a part of the reason, the service, times of being set aside, and whether put back already."""

    reason: str = ""
    service: str | None = None
    since_ms: int = 0
    until_ms: int = 2**62
    again: bool = False
    put_back: frozenset[str] = field(default_factory=frozenset)

    def takes(self, letter: DeadLetter) -> bool:
        """Whether a dead letter is one of them."""
        return (
            self.reason.lower() in letter.reason.lower()
            and self.service in (None, letter.service)
            and self.since_ms <= letter.time_ms < self.until_ms
            and (self.again or letter.name not in self.put_back)
        )


def _read(stream: Stream, topics: Sequence[str]) -> Iterator[Record]:
    dead = [topic + DEAD_SUFFIX for topic in topics]
    ends = {partition: end for topic in dead for partition, end in stream.end_offsets(topic).items() if end}
    tail = stream.tail(dead, since_ms=0)
    try:
        while ends:
            records = tail.poll(LOT, 2.0)
            if not records:
                return  # what is left was pruned
            for record in records:
                partition = Partition(record.topic, record.partition)
                if record.offset < ends.get(partition, 0):
                    yield record
                if record.offset + 1 >= ends.get(partition, 0):
                    ends.pop(partition, None)
    finally:
        tail.close()


def list_put_back(stream: Stream, topics: Sequence[str]) -> frozenset[str]:
    """Return the names of the dead letters of topics that were put back."""
    return frozenset(mark for record in _read(stream, topics) if (mark := find_mark(record)) is not None)


def read_dead_letters(stream: Stream, topics: Sequence[str], choice: Choice | None = None) -> Iterator[DeadLetter]:
    """Read the chosen dead letters of topics from the oldest to those that are there now."""
    chosen = choice or Choice(again=True)
    for record in _read(stream, topics):
        if find_mark(record) is None and chosen.takes(letter := parse_dead_letter(record)):
            yield letter


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
                if record.offset == int(offset) and find_mark(record) is None:
                    return parse_dead_letter(record)
        finally:
            tail.close()
    raise StreamError(f"{name}: no such dead letter, or it is older than its topic keeps")


def put_back(stream: Stream, letters: Iterator[DeadLetter]) -> Iterator[int]:
    """Put dead letters back, lot by lot, each safe before it is marked; yield the size of each lot."""
    producer = stream.producer()
    while lot := list(islice(letters, LOT)):
        producer.send([revive(letter) for letter in lot])
        producer.flush()
        now_ms = time.time_ns() // 1_000_000
        producer.send([make_mark(letter, now_ms) for letter in lot])
        producer.flush()
        yield len(lot)


def parse_time(text: str, now_ms: int) -> int:
    """Read ``90s``, ``15m``, ``2h`` or ``3d`` ago, or a time such as ``2026-11-25T07:00``; milliseconds since 1970."""
    if ago := _AGO.match(text):
        return now_ms - int(ago[1]) * _SECONDS[ago[2]] * 1000
    try:
        return round(dt.datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither like 2h nor like 2026-11-25T07:00") from None


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


def _choosing(command: Any) -> Any:
    """Add the options that choose dead letters."""
    for option in (
        click.option("--until", metavar="TIME", help="Only those set aside before, as for --since."),
        click.option("--since", metavar="TIME", help="Only those set aside since: 15m, 2h, 3d or 2026-11-25T07:00."),
        click.option("--service", help="Only those that this service could not read."),
        click.option("--reason", default="", help="Only those whose reason contains this."),
    ):
        command = option(command)
    return command


def _choice(since: str | None, until: str | None, **more: Any) -> Choice:
    now_ms = time.time_ns() // 1_000_000
    since_ms = 0 if since is None else parse_time(since, now_ms)
    until_ms = Choice.until_ms if until is None else parse_time(until, now_ms)
    return Choice(since_ms=since_ms, until_ms=until_ms, **more)


@click.command("list")
@click.argument("topic", required=False)
@_choosing
@click.option("--limit", default=100, show_default=True, help="Show at most so many, the newest.")
def list_(
    topic: str | None, limit: int, since: str | None, until: str | None, reason: str, service: str | None
) -> None:
    """List dead letters, the newest last; what was put back already is marked."""
    with _open() as stream:
        try:
            topics = _chosen(topic)
            done = list_put_back(stream, topics)
            newest: deque[DeadLetter] = deque(maxlen=limit)
            count = 0
            choice = _choice(since, until, reason=reason, service=service, again=True)
            for letter in read_dead_letters(stream, topics, choice):
                newest.append(letter)
                count += 1
        except StreamError as error:
            raise click.ClickException(str(error)) from error
    for letter in sorted(newest, key=lambda letter: (letter.time_ms, letter.record.offset)):
        said = "put back\t" if letter.name in done else ""
        click.echo(f"{letter.name}\t{_local_time(letter.time_ms)}\t{letter.service}\t{said}{letter.reason}")
    click.echo(f"{count} dead letters" + (f", the newest {limit} shown" if count > limit else ""), err=True)


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Show one dead letter with its reason and its origin."""
    with _open() as stream:
        try:
            letter = get_dead_letter(stream, name)
            done = name in list_put_back(stream, [letter.record.topic.removesuffix(DEAD_SUFFIX)])
        except StreamError as error:
            raise click.ClickException(str(error)) from error
    record = letter.record
    click.echo(f"name     {letter.name}")
    click.echo(f"reason   {letter.reason}")
    click.echo(f"origin   {letter.origin_topic}/{letter.origin_partition}:{letter.origin_offset}")
    click.echo(f"service  {letter.service}")
    click.echo(f"time     {_local_time(letter.time_ms)}")
    click.echo(f"put back {'yes' if done else 'no'}")
    click.echo(f"key      {'' if record.key is None else record.key.decode(errors='backslashreplace')}")
    click.echo(f"value    {len(record.value)} bytes")
    click.echo(record.value.decode(errors="backslashreplace"))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--all", "topic", metavar="TOPIC", help="Every dead letter of one topic that the other options choose.")
@_choosing
@click.option("--limit", type=click.IntRange(1), help="Put back at most so many, the oldest.")
@click.option("--unreadable", is_flag=True, help="Also those that this version cannot read either.")
@click.option("--again", is_flag=True, help="Also those that were put back already.")
@click.option("--dry-run", is_flag=True, help="Only say how many would be put back.")
def replay(
    names: Sequence[str],
    topic: str | None,
    limit: int | None,
    again: bool,
    unreadable: bool,
    dry_run: bool,
    since: str | None,
    until: str | None,
    **more: Any,
) -> None:
    """Put dead letters back into the topic they came from, each once unless --again is given."""
    if bool(names) == (topic is not None):
        raise click.UsageError("name the dead letters, or give --all TOPIC")
    with _open() as stream:
        try:
            topics = _chosen(topic) if topic is not None else sorted({name.rpartition("/")[0] for name in names})
            topics = [name.removesuffix(DEAD_SUFFIX) for name in topics]
            named = [get_dead_letter(stream, name) for name in names]
            choice = _choice(since, until, again=again, put_back=list_put_back(stream, topics), **more)
            found = (letter for letter in named if choice.takes(letter)) if names else None
            readable = _Readable(found or read_dead_letters(stream, topics, choice), everything=unreadable)
            letters = islice(readable, limit)
            count = sum(1 for _ in letters) if dry_run else _put_back(stream, letters)
        except StreamError as error:
            raise click.ClickException(str(error)) from error
    left = len(names) - count - readable.left if names and not dry_run else 0
    click.echo(f"{count} {'would be ' if dry_run else ''}put back" + (f", {left} were before" if left else ""))
    if readable.left:
        click.echo(f"{readable.left} left where they are: they still cannot be read (--unreadable puts them back too)")


class _Readable:
    """The dead letters that can be read by now; ``left`` counts the others."""

    def __init__(self, letters: Iterator[DeadLetter], *, everything: bool) -> None:
        self._letters = letters
        self._everything = everything
        self.left = 0

    def __iter__(self) -> Iterator[DeadLetter]:
        for letter in self._letters:
            if self._everything or _can_be_read(letter):
                yield letter
            else:
                self.left += 1


def _can_be_read(letter: DeadLetter) -> bool:
    try:
        decode(get_topic(letter.origin_topic).message, letter.record.value)
    except (KeyError, ValueError):
        return False
    return True


def _put_back(stream: Stream, letters: Iterator[DeadLetter]) -> int:
    count = 0
    for lot in put_back(stream, letters):
        count += lot
        if count % (10 * LOT) == 0:
            click.echo(f"{count} so far", err=True)
    return count
