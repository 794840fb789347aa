"""``sources.yaml``: the feeds that are pulled and the brokers that are listened to.

::

    feeds:
      - name: partner                                # what its reports will be called
        url: https://example.org/vehicle-positions.pb
        every_s: 15
        headers: {X-Api-Key: "${PARTNER_KEY}"}       # from the environment, so that no secret lies in the file
    brokers:
      - name: depot
        url: mqtts://broker.example.org:8883
        topics: [fleet/+/position]
        format: ufms
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
import yaml
from msgspec import Meta

from schemas.units import Id
from services.ingest.tokens import ClockOffset, Rate

Size = Annotated[float, Meta(gt=0, le=1_024.0)]
Form = Literal["gtfs-rt", "ufms", "ufms-json", "csv", "osmand", "traccar", "traccar-name"]
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class SourcesError(Exception):
    """A ``sources.yaml`` that cannot be used; the text lists every problem."""


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed that is asked by HTTP again and again."""

    name: Id
    url: str
    format: Form = "gtfs-rt"
    every_s: Annotated[float, Meta(ge=1.0, le=86_400.0)] = 15.0
    timeout_s: Annotated[float, Meta(gt=0, le=3_600.0)] = 10.0
    max_mib: Size = 16.0
    headers: dict[str, str] = {}
    clock_offset_s: ClockOffset = 0.0


class Broker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An MQTT broker that is listened to."""

    name: Id
    url: str
    topics: Annotated[tuple[str, ...], Meta(min_length=1)]
    format: Form = "ufms-json"
    client_id: str | None = None
    username: str | None = None
    password: str | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    max_mib: Size = 1.0
    clock_offset_s: ClockOffset = 0.0
    rate_per_s: Rate | None = None


Fetched = Feed | Broker
KINDS: dict[str, tuple[type[Feed] | type[Broker], tuple[str, ...]]] = {
    "feeds": (Feed, ("http", "https")),
    "brokers": (Broker, ("mqtt", "mqtts")),
}


def read_sources_file(path: Path, environ: Mapping[str, str] | None = None) -> list[Fetched]:
    """Read every source of a file; none where the file is absent.

    Parameters
    ----------
    path : Path
        ``sources.yaml``.
    environ : Mapping of str to str, optional
        Where ``${NAME}`` is looked up; the process's environment by default.

    Returns
    -------
    list of Feed or Broker
        In the order of the file.

    Raises
    ------
    SourcesError
        If anything in it cannot be used; all problems at once.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SourcesError(f"{path} cannot be read: {error}") from error
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SourcesError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    sources, problems = parse_sources(body, os.environ if environ is None else environ)
    if problems:
        raise SourcesError(f"{path}:\n  " + "\n  ".join(problems))
    return sources


def parse_sources(body: Any, environ: Mapping[str, str]) -> tuple[list[Fetched], list[str]]:
    """Make sources of what the YAML holds.

    Parameters
    ----------
    body : object
        As read.
    environ : Mapping of str to str
        Where ``${NAME}`` is looked up.

    Returns
    -------
    tuple of list of Feed or Broker, and list of str
        The good ones, and one sentence for each problem.
    """
    if body is None:
        return [], []
    if not isinstance(body, dict):
        return [], ["it must hold `feeds:` and `brokers:`"]
    problems = [f"{key}: no such part; there are {', '.join(KINDS)}" for key in body if key not in KINDS]
    sources: list[Fetched] = []
    for part in KINDS:
        entries = body.get(part) or []
        if not isinstance(entries, list):
            problems.append(f"{part}: must be a list")
            continue
        for number, entry in enumerate(entries):
            where = f"{part}[{number}]"
            made = _parse_one(part, entry, where, environ)
            if isinstance(made, str):
                problems.append(made)
            elif any(made.name == other.name for other in sources):
                problems.append(f"{where}.name: {made.name!r} is there twice")
            else:
                sources.append(made)
    return sources, problems


def _parse_one(part: str, entry: Any, where: str, environ: Mapping[str, str]) -> Fetched | str:
    kind, schemes = KINDS[part]
    try:
        made = msgspec.convert(_filled(entry, environ), kind)
    except KeyError as error:
        return f"{where}: the environment has no {error.args[0]}"
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        return f"{where}{place.rstrip('`')}: {reason}"
    try:
        scheme, host = urlsplit(made.url).scheme, urlsplit(made.url).hostname
        urlsplit(made.url).port  # noqa: B018 - raises where it is no number
    except ValueError as error:
        return f"{where}.url: {error}"
    if scheme not in schemes or not host:
        return f"{where}.url: must be {' or '.join(f'{s}://HOST…' for s in schemes)}"
    return made


def _filled(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(part, environ) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, environ) for part in value]
    return _VARIABLE.sub(lambda found: environ[found[1]], value) if isinstance(value, str) else value
