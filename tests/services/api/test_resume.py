"""Who comes back to a stream goes on where it was cut off: nothing twice, nothing missed; too late is said."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.message import Message
from services.api.stream.journal import Journal
from services.api.stream.packed import Event
from services.clock import WallClock
from tests.services.api.parts import position
from tests.services.api.test_stream import append, served


class Told(NamedTuple):
    """One event as a client of the standard reads it; an id alone is one without a name."""

    id: str
    name: str
    data: str


def read(lines: Iterator[str]) -> Iterator[Told]:
    """Read blocks as the HTML standard says."""
    last, name, data = "", "", ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "id":
            last = value
        elif field == "event":
            name = value
        elif field == "data":
            data = value
        elif not line:
            yield Told(last, name, data)
            name, data = "", ""


def road(edge: int, time_ms: int, speed_mps: float) -> tuple[str, str, Message]:
    one = EdgeState(
        edge_id=f"1/{edge}/9", edge_index=edge, time_ms=time_ms, level=LevelOfService.SLOW, observations=1,
        speed_mps=speed_mps,
    )  # fmt: skip
    return "road.states", "14/1/1", RoadStates(cell="14/1/1", time_ms=time_ms, states=(one,))


def speeds(told: Told) -> list[tuple[int, float]]:
    return [(one["edge_index"], one["speed_mps"]) for one in json.loads(told.data)["states"]]


def until(stream: Iterator[Told], name: str) -> Told:
    return next(told for told in stream if told.name == name)


def test_a_client_that_comes_back_gets_what_it_missed_once_and_no_whole(tmp_path: Path) -> None:
    now_ms = WallClock().now_ms()
    with served(tmp_path) as (address, context), httpx.Client(timeout=20) as client:
        url = f"{address}/api/live?topics=edges"
        with client.stream("GET", url) as answer:
            stream = read(answer.iter_lines())
            assert speeds(until(stream, "edges")) == [], "the whole, before anything was known"
            append(context, road(1, now_ms, 3.0))
            told = until(stream, "edges")
            assert speeds(told) == [(1, 3.0)]
        for number in range(5):
            append(context, road(10 + number, now_ms + number, 4.0 + number))
            threading.Event().wait(0.25)
        with client.stream("GET", url, headers={"Last-Event-ID": told.id}) as answer:
            stream = read(answer.iter_lines())
            assert json.loads(until(stream, "resume").data) == {"resumed": True}
            missed: list[tuple[int, float]] = []
            ids = []
            while len(missed) < 5:
                told = until(stream, "edges")
                missed += speeds(told)
                ids.append(told.id)
        assert missed == [(10 + number, 4.0 + number) for number in range(5)]
        assert len(set(ids)) == len(ids)
        with client.stream("GET", url, headers={"Last-Event-ID": ids[-1]}) as answer:
            stream = read(answer.iter_lines())
            assert json.loads(until(stream, "resume").data) == {"resumed": True}
            append(context, road(99, now_ms + 9, 9.0))
            assert speeds(until(stream, "edges")) == [(99, 9.0)], "nothing comes twice"


def test_frames_of_buses_go_on_without_a_gap_in_their_numbers(tmp_path: Path) -> None:
    now_ms = WallClock().now_ms()
    with served(tmp_path) as (address, context), httpx.Client(timeout=20) as client:
        url = f"{address}/api/live?topics=vehicles"
        with client.stream("GET", url) as answer:
            stream = read(answer.iter_lines())
            assert '"A"' not in until(stream, "vehicles").data, "the whole, before anything was known"
            append(context, ("bus.positions", "A", position("A", time_ms=now_ms)))
            told = until(stream, "vehicles")
            assert '"A"' in told.data
            before = json.loads(told.data)["seq"]
        for number in range(3):
            append(context, ("bus.positions", "B", position("B", time_ms=now_ms + number)))
            threading.Event().wait(0.2)
        with client.stream("GET", url, headers={"Last-Event-ID": told.id}) as answer:
            stream = read(answer.iter_lines())
            assert json.loads(until(stream, "resume").data) == {"resumed": True}
            frame = json.loads(until(stream, "vehicles").data)
        assert frame["seq"] == before + 1
        assert not frame.get("whole")


@pytest.mark.parametrize("last_id", ["0badcafe-3", "nonsense", "-", "9" * 500])
def test_an_id_of_another_process_or_none_at_all_is_said_and_the_whole_follows(tmp_path: Path, last_id: str) -> None:
    with served(tmp_path) as (address, _), httpx.Client(timeout=20) as client:
        ask = client.stream("GET", f"{address}/api/live?topics=edges", headers={"Last-Event-ID": last_id})
        with ask as answer:
            stream = read(answer.iter_lines())
            assert json.loads(until(stream, "resume").data) == {"resumed": False}
            assert until(stream, "edges").data == '{"states":[]}'
            assert next(stream).id, "from here on it can be taken up again"


EDGES = frozenset({"edges"})


def test_the_journal_is_bounded_and_says_when_it_has_forgotten() -> None:
    journal = Journal(most_events=3)
    ids = [journal.last_id]
    for number in range(5):
        journal.add("edges", Event(b"event: edges\ndata: %d\n\n" % number))
        ids.append(journal.last_id)
    assert journal.since(ids[1], EDGES) is None
    missed = journal.since(ids[2], EDGES)
    assert missed is not None
    assert [event.plain[-3:] for event in missed] == [b"2\n\n", b"3\n\n", b"4\n\n"]
    assert journal.since(ids[5], EDGES) == []
    assert journal.since(ids[1], frozenset({"vehicles"})) == [], "of buses nothing was missed"


def test_large_events_push_old_ones_out() -> None:
    journal = Journal(most_bytes=1000)
    begin = journal.last_id
    for _ in range(3):
        journal.add("edges", Event(b"x" * 400))
    assert journal.since(begin, EDGES) is None


def test_what_changed_while_nobody_listened_cannot_be_taken_up() -> None:
    journal = Journal()
    journal.add("edges", Event(b"one"))
    seen = journal.last_id
    journal.skip(["edges"])
    assert journal.since(seen, EDGES) is None
    assert journal.since(seen, frozenset({"vehicles"})) == []
    assert journal.since(journal.last_id, EDGES) == []
