"""The JSON Schema files say what the messages are."""

import pytest
from jsonschema import Draft202012Validator

from schemas.topics import TOPICS
from schemas.write_json import FOLDER, schema_text


@pytest.mark.parametrize("name", TOPICS)
def test_the_file_of_each_topic_is_what_its_message_says(name: str) -> None:
    written = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert written == schema_text(name), "run `make schemas` and look at the difference"


@pytest.mark.parametrize("name", TOPICS)
def test_each_file_is_a_valid_json_schema(name: str) -> None:
    import json

    Draft202012Validator.check_schema(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def test_no_file_is_left_of_a_topic_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == TOPICS.keys()
