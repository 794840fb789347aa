"""`python -m schemas.dictionary`: write the table of every message and field into ``schemas/README.md``."""

import typing
from pathlib import Path

import msgspec
from msgspec import Meta

from schemas.message import Message
from schemas.topics import TOPICS

README = Path(__file__).parent / "README.md"
MARK = "<!-- below: written by `make schemas` -->"


def list_messages() -> list[type[Message]]:
    """Return every message kind, in the order of its module and name."""
    found: set[type[Message]] = set()
    todo = list(Message.__subclasses__())
    while todo:
        kind = todo.pop()
        found.add(kind)
        todo += kind.__subclasses__()
    ours = [kind for kind in found if kind.__module__.startswith("schemas.")]
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__name__))


def describe_type(hint: object) -> tuple[str, str]:
    """Return a type in words and its unit, both as Markdown text."""
    if typing.get_origin(hint) is typing.Annotated:
        base, *extra = typing.get_args(hint)
        unit = next((meta.description for meta in extra if isinstance(meta, Meta) and meta.description), "")
        return describe_type(base)[0], unit
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is None:
        return ("null" if hint is type(None) else getattr(hint, "__name__", str(hint))), ""
    described = [describe_type(part) for part in parts if part is not Ellipsis]
    unit = next((unit for _, unit in described if unit), "")
    names = [name for name, _ in described]
    origin = getattr(typing.get_origin(hint), "__name__", "")
    return (f"{origin}[{', '.join(names)}]" if origin in {"tuple", "dict", "list"} else " or ".join(names)), unit


def dictionary_text() -> str:
    """Return the generated half of the dictionary: topics, then every message with its fields and units."""
    lines = [
        MARK,
        "",
        "## Topics",
        "",
        "| topic | message | key | partitions | kept | meaning |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{t.name}` | {t.message.__name__} | {t.key} | {t.partitions} | {t.retention_s // 3600} h | {t.meaning} |"
        for t in TOPICS.values()
    ]
    for kind in list_messages():
        lines += [
            "",
            f"### {kind.__name__}",
            "",
            *(line.strip() for line in (kind.__doc__ or "").strip().splitlines()),
            "",
        ]
        lines += ["| field | type | unit or range | needed |", "|---|---|---|---|"]
        hints = typing.get_type_hints(kind, include_extras=True)
        for field in msgspec.structs.fields(kind):
            name, unit = describe_type(hints[field.name])
            lines.append(f"| `{field.name}` | {name} | {unit} | {'yes' if field.required else 'no'} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the generated half below the mark; what stands above it is kept."""
    head = README.read_text(encoding="utf-8").split(MARK)[0]
    README.write_text(head + dictionary_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
