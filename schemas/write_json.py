"""`python -m schemas.write_json`: write one JSON Schema file a message into ``schemas/json``."""

import json
from pathlib import Path

import msgspec

from schemas.topics import TOPICS

FOLDER = Path(__file__).parent / "json"


def schema_text(name: str) -> str:
    """Return the JSON Schema of one topic's message as the file holds it."""
    schema = msgspec.json.schema(TOPICS[name].message)
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}, indent=2)
        + "\n"
    )


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for name in TOPICS:
        (FOLDER / f"{name}.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
