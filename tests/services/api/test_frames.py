"""What the stream tells of all buses arrives whole and in order, whatever happens between."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.position import Quality
from services.api.vehicles.frames import Board, Row, pack_quality, row_of
from services.api.vehicles.reader import FrameReader, GapError, Told
from tests.services.api.parts import NOON_MS, Running, position

small = st.none() | st.integers(0, 400)
rows = st.builds(
    Row,
    time_ms=st.integers(NOON_MS - 60_000, NOON_MS + 500),
    x=st.integers(10_570_000, 10_590_000),
    y=st.integers(2_090_000, 2_110_000),
    h=small,
    v=small,
    d=small,
    line=small,
    shape=small,
    phase=st.integers(0, 5),
    sure=st.integers(0, 100),
    delay=small,
    quality=st.integers(0, 21**4 - 1),
    source=st.integers(0, 2),
)
buses = st.sampled_from([f"29B-{n}" for n in range(9)])
steps = st.lists(st.tuples(st.dictionaries(buses, rows, max_size=5), st.sets(buses, max_size=2)), max_size=12)


def known(reader: FrameReader) -> dict[str, tuple[object, ...]]:
    return {bus.vehicle_id: _row(bus) for bus in reader.buses.values()}


def _row(bus: Told) -> tuple[object, ...]:
    return tuple(getattr(bus, name) for name in Row._fields)


@given(steps, st.integers(0, 12))
def test_whoever_comes_at_any_moment_knows_what_the_board_knows(
    story: list[tuple[dict[str, Row], set[str]]], joins_at: int
) -> None:
    board, first, late = Board({}), FrameReader(), FrameReader()
    first.take(board.whole(NOON_MS))
    truth: dict[str, Row] = {}
    for number, (changed, gone) in enumerate(story):
        leaving = gone - changed.keys()
        frame = board.change(changed, NOON_MS, sorted(leaving))
        truth = {bus: row for bus, row in (truth | changed).items() if bus not in leaving}
        if number == joins_at:
            late.take(json.loads(json.dumps(board.whole(NOON_MS))))
        if frame is not None:
            for reader in (first, late) if number > joins_at else (first,):
                reader.take(json.loads(json.dumps(frame)))
        assert known(first) == truth
    if joins_at < len(story):
        assert known(late) == truth


def test_only_what_changed_is_told() -> None:
    board = Board({})
    a = row_of(position("a"), line=1, shape=1, source=0)
    b = row_of(position("b"), line=1, shape=1, source=0)
    board.change({"a": a, "b": b}, NOON_MS)
    assert board.change({"a": a}, NOON_MS) is None
    frame = board.change({"b": b._replace(delay=240)}, NOON_MS)
    assert frame == {"seq": 2, "now_ms": NOON_MS, "delay": [[1], [240]]}


def test_a_missed_frame_is_noticed_and_a_repeated_one_changes_nothing() -> None:
    board, reader = Board({}), FrameReader()
    reader.take(board.whole(NOON_MS))
    row = row_of(position("a"), line=1, shape=1, source=0)
    first = board.change({"a": row}, NOON_MS)
    board.change({"a": row._replace(x=row.x + 1)}, NOON_MS)
    third = board.change({"a": row._replace(x=row.x + 2)}, NOON_MS)
    assert first is not None
    assert third is not None
    reader.take(first)
    assert reader.take(first) == []
    with pytest.raises(GapError):
        reader.take(third)


def test_four_scores_travel_as_one_number_in_steps_of_a_twentieth() -> None:
    told = Told(quality=pack_quality(Quality(correct=1.0, complete=0.52, clean=0.0, live=0.97)))
    assert told.scores == (1.0, 0.5, 0.0, 0.95)


def test_a_bus_that_is_silent_for_long_is_told_to_be_gone(api: Running) -> None:
    fleet = api.client.app.state.sender.fleet  # type: ignore[attr-defined]
    api.take(("bus.positions", position("a")))
    with api.state.live.reading() as live:
        fleet.take(live, ["a"])
        assert fleet.let_go(live) is None
        api.clock.time_ms += 31 * 60_000
        assert fleet.let_go(live) is not None
    assert b'"ids":[[],[]]' in fleet.whole().plain


def test_everybody_who_comes_between_two_changes_gets_the_same_bytes(api: Running) -> None:
    fleet = api.client.app.state.sender.fleet  # type: ignore[attr-defined]
    assert fleet.whole() is fleet.whole()
