"""One token a source: made once, shown once, kept only as its SHA-256.

``tokens.json``: ``{"SOURCE": {"sha256": "…", "player": false, "rate_per_s": null, …}}`` (`Source`); a plain
string instead of the object is the hash alone. A running door takes up changes by itself.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.message import Message
from schemas.units import Id, Sha256
from services.settings import Settings

TOKEN_BYTES = 32
NO_LIMIT_PER_S = 1e9
YEAR_S = 366 * 86_400.0
# The ranges keep out what is no number too, which JSON could not hold.
Rate = Annotated[float, Meta(gt=0.0, le=NO_LIMIT_PER_S, description="reports a second")]
ClockOffset = Annotated[float, Meta(ge=-30 * YEAR_S, le=30 * YEAR_S, description="seconds a clock is ahead")]


class TokenError(Exception):
    """Tokens that cannot be read or made; the text says which file and how to mend it."""


class Source(Message, frozen=True):
    """What one source may do, and how its reports are taken.

    ``rate_per_s`` is how many reports a second, ``None`` as the settings say. ``vehicles`` names the only vehicles
    it may report, ``None`` any. ``clock_offset_s`` is taken off every time it sends: how far its clock is known to be
    ahead. ``note`` is for people.
    """

    sha256: Sha256
    player: bool = False
    rate_per_s: Rate | None = None
    vehicles: tuple[Id, ...] | None = None
    clock_offset_s: ClockOffset = 0.0
    note: str = ""


class _Named(Message, frozen=True):
    name: Id


def digest(token: str) -> str:
    """Return the SHA-256 of a token, lower-case hexadecimal."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def read_sources(path: Path) -> dict[str, Source]:
    """Read the sources a file allows; none where the file is absent.

    Parameters
    ----------
    path : Path
        ``tokens.json``.

    Returns
    -------
    dict of str to Source
        By the source's name.

    Raises
    ------
    TokenError
        If the file is there and cannot be used.
    """
    try:
        raw = msgspec.json.decode(path.read_bytes(), type=dict[Id, Source | Sha256])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise TokenError(
            f"{path} cannot be read ({error}); mend it, or move it away and run `hanoi token add`"
        ) from error
    return {name: entry if isinstance(entry, Source) else Source(sha256=entry) for name, entry in raw.items()}


class TokenBook:
    """The sources of one file, read anew when the file changed.

    Parameters
    ----------
    path : Path
        ``tokens.json``; may come into being later.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._by_hash: dict[str, tuple[str, Source]] = {}

    def find_source(self, token: str) -> tuple[str, Source] | None:
        """Return the source a token belongs to.

        The hash is looked up, not compared in constant time: nobody can steer the hash of a guess towards a known one.

        Parameters
        ----------
        token : str
            What the client sent.

        Returns
        -------
        tuple of str and Source or None
            Name and rights, ``None`` for a token nobody has.
        """
        self._refresh()
        return self._by_hash.get(digest(token))

    def _refresh(self) -> None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            self._seen, self._by_hash = None, {}
            return
        seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if seen != self._seen:
            sources = read_sources(self._path)
            self._by_hash = {source.sha256: (name, source) for name, source in sources.items()}
            self._seen = seen


def add_token(settings: Settings, source: str, *, player: bool = False, **rights: object) -> str:
    """Make a token for a source; an older one of the same source stops working.

    Parameters
    ----------
    settings : Settings
        Names the file.
    source : str
        What the reports of this source will be called.
    player : bool
        Whether it may set the city's clock.
    **rights : object
        Further fields of `Source`.

    Returns
    -------
    str
        The token in plain text; it is kept nowhere.

    Raises
    ------
    TokenError
        If the name or the file cannot be used.
    """
    try:
        msgspec.convert({"name": source}, _Named)
    except msgspec.ValidationError as error:
        raise TokenError(f"source name {source!r} cannot be used: {error}") from error
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = convert_source({"sha256": digest(token), "player": player, **rights})
    with changing_sources(settings.ingest.tokens_file) as sources:
        sources[source] = made
    return token


def convert_source(fields: dict[str, object]) -> Source:
    """Return a source of checked fields; `TokenError` names the bad one."""
    try:
        return msgspec.convert(fields, Source, strict=True)
    except msgspec.ValidationError as error:
        raise TokenError(f"the source cannot be made: {error}") from error


@contextmanager
def changing_sources(path: Path) -> Iterator[dict[str, Source]]:
    """Hold the file while its sources are changed; written whole at the end, unless something was raised.

    Parameters
    ----------
    path : Path
        ``tokens.json``.

    Yields
    ------
    dict of str to Source
        To be changed in place.
    """
    with _locked(path):
        sources = read_sources(path)
        yield sources
        write_private(path, msgspec.json.format(msgspec.json.encode(sources)))


def internal_token(settings: Settings, source: str, *, player: bool = False) -> str:
    """Return the token of one of our own sources (simulator, player), made when first asked for.

    Parameters
    ----------
    settings : Settings
        Names the files; the plain token lies below ``var`` with mode 0600.
    source : str
        The source's name.
    player : bool
        Whether it may set the city's clock.

    Returns
    -------
    str
        The token in plain text.
    """
    plain = settings.run.var_dir / "tokens" / source.replace("/", "_")
    known = read_sources(settings.ingest.tokens_file).get(source)
    if known is not None and known.player == player and plain.exists():
        token = plain.read_text(encoding="utf-8").strip()
        if hmac.compare_digest(known.sha256, digest(token)):
            return token
    token = add_token(settings, source, player=player, rate_per_s=NO_LIMIT_PER_S, note="our own")
    write_private(plain, token.encode())
    return token


def write_private(path: Path, data: bytes) -> None:
    """Write a file only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    new.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
