"""Old readers understand new writers and new readers old writers, on every topic.

``released.json`` holds, for each message, which fields readers out there need and of what kind they are. A change that
breaks them fails here. After a deliberate one: ``python -m tests.schemas.test_evolution``.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.message import decode, encode
from schemas.topics import TOPICS
from schemas.write_json import FOLDER
from tests.schemas.strategies import as_bytes, messages, required_of

RELEASED = Path(__file__).with_name("released.json")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("xyz", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("xyz", max_size=3), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("name", TOPICS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_an_old_reader_takes_what_a_newer_writer_added(name: str, data: st.DataObject) -> None:
    kind = TOPICS[name].message
    value = data.draw(messages(kind))
    plain = decode(kind, as_bytes(value))
    value["a_field_of_tomorrow"] = data.draw(ANYTHING)
    assert decode(kind, as_bytes(value)) == plain


@pytest.mark.parametrize("name", TOPICS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_new_reader_takes_what_an_older_writer_left_out(name: str, data: st.DataObject) -> None:
    kind = TOPICS[name].message
    value = data.draw(messages(kind))
    message = decode(kind, as_bytes(value))
    assert decode(kind, encode(message)) == message
    needed = required_of(kind)
    for field in sorted(value.keys() - needed):
        older = {other: inner for other, inner in value.items() if other != field}
        default = getattr(decode(kind, as_bytes({k: v for k, v in value.items() if k in needed})), field)
        assert getattr(decode(kind, as_bytes(older)), field) == default


@pytest.mark.parametrize("name", TOPICS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_a_message_without_a_needed_field_is_refused_and_the_field_named(name: str, data: st.DataObject) -> None:
    kind = TOPICS[name].message
    value = data.draw(messages(kind))
    for field in sorted(required_of(kind)):
        with pytest.raises(msgspec.ValidationError, match=field):
            decode(kind, as_bytes({other: inner for other, inner in value.items() if other != field}))


def rules(folder: Path) -> dict[str, dict[str, Any]]:
    """Return, for each message of the JSON Schema files, its needed fields and the kind of every field."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        for name, definition in schema.get("$defs", {}).items():
            if definition.get("type") == "object":
                found[name] = {
                    "required": sorted(definition.get("required", [])),
                    "fields": {field: kind_of(inner) for field, inner in sorted(definition["properties"].items())},
                }
    return found


def kind_of(schema: dict[str, Any]) -> str:
    """Return what a field holds in one word or a few."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return "|".join(sorted(kind_of(one) for one in schema["anyOf"]))
    return str(schema.get("type", "any"))


def breaks(old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> list[str]:
    """Return what a change of the messages breaks for those who read or write the old ones."""
    said = []
    for name, was in old.items():
        now = new.get(name)
        if now is None:
            said.append(f"{name} is gone")
            continue
        said += [f"{name}.{field} was needed by readers and is gone" for field in _gone(was, now)]
        said += [f"{name}.{f} is needed, but older writers leave it out" for f in _new(was, now)]
        for field, kind in was["fields"].items():
            found = now["fields"].get(field, kind)
            if not set(kind.split("|")) <= set(found.split("|")):
                said.append(f"{name}.{field} was {kind} and is {found}")
    return said


def _gone(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [field for field in was["required"] if field not in now["required"]]


def _new(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [field for field in now["required"] if field not in was["required"]]


def test_no_change_breaks_readers_or_writers_that_are_out_there() -> None:
    assert breaks(json.loads(RELEASED.read_text(encoding="utf-8")), rules(FOLDER)) == []


def test_every_message_that_was_released_is_remembered() -> None:
    missing = rules(FOLDER).keys() - json.loads(RELEASED.read_text(encoding="utf-8")).keys()
    assert missing == set(), "run `python -m tests.schemas.test_evolution` and look at the difference"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda fix: fix["required"].remove("lon"), "Fix.lon was needed by readers and is gone"),
        (lambda fix: fix["required"].append("depot"), "Fix.depot is needed, but older writers leave it out"),
        (lambda fix: fix["fields"].update(lat="string"), "Fix.lat was number and is string"),
    ],
)
def test_a_change_that_breaks_is_seen(change: Any, said: str) -> None:
    changed = rules(FOLDER)
    change(changed["Fix"])
    assert breaks(rules(FOLDER), changed) == [said]


if __name__ == "__main__":
    RELEASED.write_text(json.dumps(rules(FOLDER), indent=1, sort_keys=True) + "\n", encoding="utf-8")
