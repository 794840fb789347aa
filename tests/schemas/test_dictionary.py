"""The dictionary holds every message and every field."""

from schemas.dictionary import README, dictionary_text, list_messages


def test_the_dictionary_is_what_the_messages_say() -> None:
    assert README.read_text(encoding="utf-8").endswith(dictionary_text()), "run `make schemas`"


def test_every_message_has_a_meaning() -> None:
    assert [kind.__name__ for kind in list_messages() if not kind.__doc__] == []
