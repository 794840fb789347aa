"""`hanoi source …`: the feeds and brokers the city fetches from, and how every source fares."""

import asyncio
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click
import httpx
import yaml
from prometheus_client.parser import text_string_to_metric_families

from services.ingest.command import table
from services.ingest.fetch.http import MIB, FetchError, fetch
from services.ingest.fetch.sources import Broker, Feed, SourcesError, read_sources_file
from services.ingest.formats import make_formats
from services.ingest.tokens import TokenError, read_sources
from services.recordings import OtherMessage, Refusal
from services.recordings.gtfs_rt import find_header_ms
from services.settings import Settings, SettingsError

HEAD = "# Feeds that are pulled and brokers that are listened to; see docs/doors.md. The doors follow changes.\n"
Figures = dict[tuple[str, str], float]  # (metric or outcome, source) → value


@click.command("list")
def list_sources() -> None:
    """List every source: pushed, pulled or listened to, with what its doors counted since they started."""
    try:
        settings = Settings()
        fetched = read_sources_file(sources_path(settings))
        pushed = read_sources(settings.ingest.tokens_file)
    except (SettingsError, SourcesError, TokenError) as error:
        raise click.ClickException(str(error)) from error
    figures = read_figures(f"http://{settings.ingest.host}:{settings.ingest.port}/metrics")
    rows = [("source", "how", "accepted", "refused", "clock", "state")]
    rows += [(name, "pushed", *_counted(name, figures), _pushed_state(name, figures)) for name in sorted(pushed)]
    for source in fetched:
        how = "pulled" if isinstance(source, Feed) else "MQTT"
        rows.append((source.name, how, *_counted(source.name, figures), _fetched_state(source, figures)))
    click.echo(table(rows))
    if figures is None:
        click.echo("The doors do not answer, so nothing is known of their counts; is `hanoi run` running?", err=True)


def sources_path(settings: Settings) -> Path:
    """Return where the list of fetched sources lies."""
    return settings.ingest.sources_file or settings.place.city_dir / "sources.yaml"


def read_figures(url: str) -> Figures | None:
    """Read what running doors counted of each source; ``None`` where nobody answers.

    Parameters
    ----------
    url : str
        Address of their metrics.

    Returns
    -------
    dict or None
        By (metric, source); the records of all doors of a source by (outcome, source).
    """
    try:
        answer = httpx.get(url, timeout=3.0, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError:
        return None
    figures: Counter[tuple[str, str]] = Counter()
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if "source" in sample.labels and sample.name.startswith("hanoi_ingest_"):
                is_record = sample.name == "hanoi_ingest_records_total"
                figures[sample.labels["outcome"] if is_record else sample.name, sample.labels["source"]] += sample.value  # type: ignore[assignment]
    return dict(figures)


def _counted(name: str, figures: Figures | None) -> tuple[str, str, str]:
    if figures is None:
        return "", "", ""
    skew_s = figures.get(("hanoi_ingest_clock_skew_seconds", name))
    clock = "" if skew_s is None else "right" if skew_s == 0.0 else f"{skew_s:+,.0f} s"
    return f"{figures.get(('accepted', name), 0):,.0f}", f"{figures.get(('refused', name), 0):,.0f}", clock


def _pushed_state(name: str, figures: Figures | None) -> str:
    limited = (figures or {}).get(("hanoi_ingest_limited_total", name), 0)
    return f"met a limit {limited:,.0f} times" if limited else ""


def _fetched_state(source: Feed | Broker, figures: Figures | None) -> str:
    if figures is None:
        return ""
    failures = figures.get(("hanoi_ingest_source_failures", source.name), 0)
    if failures:
        return f"failed {failures:,.0f} times in a row"
    if isinstance(source, Broker):
        return "connected" if figures.get(("hanoi_ingest_mqtt_connected", source.name)) else "not connected"
    age_s = figures.get(("hanoi_ingest_feed_age_seconds", source.name))
    asked = figures.get(("hanoi_ingest_pulls_total", source.name), 0)
    if not asked:
        return "not asked yet"
    return f"asked {asked:,.0f} times" if age_s is None else f"{age_s:,.0f} s old"


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), required=False)
def check_sources(path: Path | None) -> None:
    """Check the list of fetched sources and say every problem in it; nothing is asked."""
    try:
        path = path or sources_path(Settings())
        found = read_sources_file(path)
    except (SettingsError, SourcesError) as error:
        raise click.ClickException(str(error)) from error
    if not found:
        click.echo(f"{path}: no source in it")
    for source in found:
        click.echo(f"{source.name}: {source.format} from {without_password(source.url)}")


def without_password(url: str) -> str:
    """Return an address without the name and password that may stand in it."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


@click.command("try")
@click.argument("what", metavar="NAME|URL")
@click.option("--format", "form", type=click.Choice(list(make_formats())), default="gtfs-rt", show_default=True)
def try_source(what: str, form: str) -> None:
    """Ask a feed once, by its name or its address, and tell what would come in; nothing is kept."""
    try:
        feed = _find_feed(what, form)
        began_s = time.perf_counter()
        body, etag = asyncio.run(_fetch_once(feed))
    except (SettingsError, SourcesError, FetchError) as error:
        raise click.ClickException(f"{what}: {error}") from error
    click.echo(f"{len(body):,} bytes in {time.perf_counter() - began_s:.1f} s" + (f", ETag {etag}" if etag else ""))
    header_ms = find_header_ms(body) if feed.format == "gtfs-rt" else None
    now_ms = time.time_ns() // 1_000_000
    if header_ms is not None:
        click.echo(f"made {(now_ms - header_ms) / 1000:,.0f} s ago by its own header")
    items = make_formats()[feed.format].parse(body, feed.name, now_ms)
    refusals = [item for item in items if isinstance(item, Refusal)]
    others = sum(isinstance(item, OtherMessage) for item in items)
    click.echo(f"{len(items) - len(refusals) - others} positions, {others} other messages, {len(refusals)} refused")
    for (field, reason, mend), count in Counter((r.field, r.reason, r.mend) for r in refusals).most_common(5):
        click.echo(f"  {count} × {field}: {reason}; {mend}")


def _find_feed(what: str, form: str) -> Feed:
    if what.startswith(("http://", "https://")):
        return Feed(name="try", url=what, format=form)  # type: ignore[arg-type]
    found = {source.name: source for source in read_sources_file(sources_path(Settings()))}
    source = found.get(what)
    if isinstance(source, Feed):
        return source
    raise SourcesError("an MQTT broker cannot be tried" if source else f"no such source; there are {', '.join(found)}")


async def _fetch_once(feed: Feed) -> tuple[bytes, str | None]:
    async with httpx.AsyncClient(follow_redirects=True, max_redirects=5, timeout=None) as client:  # noqa: S113 - `fetch` has one for everything together
        answer = await fetch(
            client,
            feed.url,
            feed.headers,
            timeout_s=feed.timeout_s,
            max_bytes=round(feed.max_mib * MIB),
            now_s=time.time(),
        )
    return answer.body or b"", answer.etag


@click.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--topic", "topics", multiple=True, help="Topic of an MQTT broker; may be repeated.")
@click.option("--format", "form", type=click.Choice(list(make_formats())), help="What comes.  [default: by the kind]")
@click.option("--every", "every_s", type=float, help="Seconds between two askings.")
def add_source(name: str, url: str, topics: tuple[str, ...], form: str | None, every_s: float | None) -> None:
    """Add a feed (http, https) or a broker (mqtt, mqtts) to the city's sources; running doors take it up."""
    part = "brokers" if url.startswith(("mqtt://", "mqtts://")) else "feeds"
    wanted = {"name": name, "url": url, "topics": list(topics) or None, "format": form, "every_s": every_s}
    entry = {key: value for key, value in wanted.items() if value is not None}
    try:
        path = sources_path(Settings())
        read_sources_file(path)
        old = path.read_text(encoding="utf-8") if path.exists() else HEAD
        new = path.with_name(path.name + ".new")
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(with_entry(old, part, entry), encoding="utf-8")
        read_sources_file(new)
        new.replace(path)
    except (SettingsError, SourcesError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} added to {path}")


def with_entry(text: str, part: str, entry: dict[str, Any]) -> str:
    """Return a ``sources.yaml`` with one entry more, everything else in it, comments too, as it was.

    Parameters
    ----------
    text : str
        The file.
    part : str
        ``feeds`` or ``brokers``.
    entry : dict of str to object
        The new entry.

    Returns
    -------
    str
        The new file; a part written in one line is written anew.
    """
    block = textwrap.indent(yaml.safe_dump([entry], allow_unicode=True, sort_keys=False), "  ")
    lines = text.splitlines(keepends=True)
    at = next((number for number, line in enumerate(lines) if line.startswith(f"{part}:")), None)
    if at is None:
        return text.rstrip("\n") + f"\n{part}:\n{block}"
    if lines[at].split("#")[0].strip() != f"{part}:":
        body = yaml.safe_load(text)
        return HEAD + str(
            yaml.safe_dump({**body, part: [*(body[part] or []), entry]}, allow_unicode=True, sort_keys=False)
        )
    return "".join([*lines[: at + 1], block, *lines[at + 1 :]])
