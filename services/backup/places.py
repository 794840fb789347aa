"""Where the parts of a city lie that are plain files, and what a backup calls them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.topics import TOPICS
from services.settings import Settings
from services.stream.embedded import GROUPS

STREAM, MEDIA, CITY, TOKENS, KEY = "stream", "media", "city", "tokens.json", "keys/evidence.pem"


@dataclass(frozen=True)
class Place:
    """One file or folder: what the backup calls it, and where it lies."""

    name: str
    path: Path


def log_folder(settings: Settings) -> Path | None:
    """Return the folder of the embedded log, ``None`` where the log is Kafka."""
    url = settings.place.stream_url
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def log_files(folder: Path) -> Iterator[Path]:
    """Go through the files of an embedded log in the order in which they must be copied.

    Groups first: how far a group came then never lies beyond the copied end of a topic. Then what keyed steps
    remember (compacted topics): a step leaves out what it remembers, so its input and its outputs must reach at
    least as far. At worst a step does its last seconds again, which changes nothing, because rows have natural keys.
    """
    yield from sorted((folder / GROUPS).glob("*.sqlite"))
    topics = sorted(folder.glob("*.sqlite"))
    yield from sorted(topics, key=lambda path: not (path.stem in TOPICS and TOPICS[path.stem].compacted))


def plain_places(settings: Settings, *, keys: bool) -> list[Place]:
    """Return what is copied as it lies: the city folder, the tokens, and the key if it was asked for."""
    places = [Place(CITY, settings.place.city_dir), Place(TOKENS, settings.ingest.tokens_file)]
    return [*places, Place(KEY, settings.vision.key_file)] if keys else places
