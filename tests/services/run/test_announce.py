"""What listens where is said once it listens."""

import socket

import pytest

from services.run.announce import Announcer, takes_connections
from services.run.ports import PortTakenError, refuse_taken_ports


def test_each_address_is_told_of_once_when_it_opens() -> None:
    said: list[str] = []
    opened: set[str] = set()
    announcer = Announcer(said.append, {"a": "pages", "b": "doors"}, opened.__contains__)
    announcer.look()
    assert said == []
    opened.add("b")
    announcer.look()
    opened.add("a")
    announcer.look()
    announcer.look()
    assert said == ["doors", "pages"]


def test_an_address_is_open_while_something_listens() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
        assert not takes_connections(f"http://127.0.0.1:{port}")
        door.listen()
        assert takes_connections(f"http://127.0.0.1:{port}")
        assert takes_connections(f"http://0.0.0.0:{port}")


def test_a_taken_port_is_told_with_the_setting_that_names_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(PortTakenError, match="HANOI_API_PORT"):
            refuse_taken_ports({"api": url})
    refuse_taken_ports({"api": url})
