"""Whether log and store can be reached."""

import socket
from pathlib import Path

import pytest

from services.run.reach import brokers, why_out_of_reach
from services.settings import PlaceSettings, Settings


def place(**environ: str) -> PlaceSettings:
    return Settings(environ).place


def test_a_server_that_takes_no_connections_is_named_without_its_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = closed.getsockname()[1]
        known = place(
            STREAM_URL=f"kafka://127.0.0.1:{port}", DATABASE_URL=f"postgresql+psycopg://a:secret@127.0.0.1:{port}/x"
        )
        both, log_alone = why_out_of_reach(known, store=True), why_out_of_reach(known, store=False)
    assert log_alone == f"the log takes no connections at 127.0.0.1:{port}"
    assert both == f"{log_alone}; the database takes no connections at 127.0.0.1:{port}"


def test_one_broker_of_several_is_enough() -> None:
    with socket.socket() as broker:
        broker.bind(("127.0.0.1", 0))
        broker.listen()
        port = broker.getsockname()[1]
        assert why_out_of_reach(place(STREAM_URL=f"kafka://127.0.0.1:9,127.0.0.1:{port}"), store=False) is None


def test_files_that_are_not_made_yet_can_be_reached(tmp_path: Path) -> None:
    known = place(STREAM_URL=f"sqlite:///{tmp_path}/stream", DATABASE_URL=f"sqlite:///{tmp_path}/s.sqlite")
    assert why_out_of_reach(known, store=True) is None


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("kafka://a:1,b", ["tcp://a:1", "tcp://b:9092"]),
        ("postgresql+psycopg://user:word@host/name", ["tcp://host:5432"]),
    ],
)
def test_an_address_leads_to_hosts_and_ports(url: str, where: list[str]) -> None:
    assert brokers(url) == where
