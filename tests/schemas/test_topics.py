"""Every topic has one entry that makes sense."""

import pytest

from schemas.topics import TOPICS, get_topic


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda t: t.name)
def test_the_key_of_a_topic_is_a_field_of_its_message(topic) -> None:
    assert topic.key in topic.message.__struct_fields__


def test_an_unknown_topic_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(KeyError, match=r"gps\.fixes"):
        get_topic("gps.fixed")
