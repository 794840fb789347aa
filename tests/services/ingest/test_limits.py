"""How much one source may send, and that the others do not wait for it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest import writer as writer_module
from services.ingest.crowd import GENERATION_S, Crowd
from services.ingest.fair_queue import FairQueue, Lot
from services.ingest.guard import Caller
from services.ingest.letters import BYTES_AT_ONCE, LETTERS_AT_ONCE, MAX_LETTER_BYTES, SAMPLE_EVERY, LetterLimit
from services.ingest.limits import InFlight, RateLimiter
from services.ingest.problems import ProblemError
from services.ingest.tokens import Source, digest
from services.ingest.turns import Turns
from services.stream.base import Outgoing
from tests.services.ingest.house import SECOND, Street, csv_row, open_street

CSV = "vehicle_id,timestamp,latitude,longitude\n"


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        yield street


def caller(rate_per_s: float | None = None, *, player: bool = False) -> Caller:
    return Caller("depot", Source(sha256=digest("x"), rate_per_s=rate_per_s, player=player))


def test_a_source_may_burst_and_must_then_wait() -> None:
    limiter = RateLimiter()
    limiter.charge(caller(10.0), 100, now_s=0.0)
    with pytest.raises(ProblemError) as refused:
        limiter.check(caller(10.0), now_s=0.01)
    assert (refused.value.kind, refused.value.headers["Retry-After"]) == ("too-many-reports", "1")
    limiter.check(caller(10.0), now_s=0.11)


def test_a_body_larger_than_what_is_left_passes_once_and_is_paid_for() -> None:
    limiter = RateLimiter()
    limiter.charge(caller(1.0), 1000, now_s=0.0)
    with pytest.raises(ProblemError) as refused:
        limiter.check(caller(1.0), now_s=900.0)
    assert refused.value.headers["Retry-After"] == "92"
    limiter.check(caller(1.0), now_s=991.0)


def test_a_rate_below_one_an_hour_is_still_a_rate() -> None:
    limiter = RateLimiter()
    limiter.check(caller(0.01), now_s=0.0)
    limiter.charge(caller(0.01), 1, now_s=0.0)
    assert limiter.wait_s(caller(0.01), now_s=0.0) > 0.0


def test_a_source_without_a_rate_has_the_default_and_a_player_none() -> None:
    limiter = RateLimiter(5.0)
    limiter.charge(caller(), 1000, now_s=0.0)
    assert limiter.wait_s(caller(), now_s=0.0) > 100.0
    limiter = RateLimiter(5.0)
    limiter.charge(caller(player=True), 10**6, now_s=0.0)
    limiter.check(caller(player=True), now_s=0.0)


def test_a_source_in_debt_is_turned_away_before_its_body_is_read(street: Street) -> None:
    street.house.rates.charge(street.caller(), 10**6)
    answer = street.post("fixes/csv", b"\xff" * 1000)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert street.records("gps.fixes.dead") == []
    assert 'hanoi_ingest_limited_total{limit="rate",source="depot"}' in street.client.get("/metrics").text


def test_bodies_being_read_are_bounded_a_source_and_in_all() -> None:
    flight = InFlight(requests_each=2, bytes_each=100, bytes_all=150)
    mine, other = caller(), Caller("other", Source(sha256=digest("y")))
    with flight.hold(mine, 80):
        with pytest.raises(ProblemError, match="being read already"), flight.hold(mine, 80):
            pass
        with flight.hold(other, 60), pytest.raises(ProblemError, match="room"), flight.hold(other, 20):
            pass
        with flight.hold(mine, 1), pytest.raises(ProblemError), flight.hold(mine, 1):
            pass
    with flight.hold(mine, 1000):  # a body alone always has room
        pass
    assert flight._all == 0
    assert not flight._now


def test_sources_take_turns_and_one_that_sends_much_waits_for_itself() -> None:
    order: list[str] = []

    async def work(turns: Turns, name: str) -> None:
        async with turns.of(name):
            order.append(name)
            await asyncio.sleep(0)

    async def all_() -> None:
        turns = Turns()
        await asyncio.gather(*(work(turns, "mad") for _ in range(5)), work(turns, "good"), work(turns, "calm"))

    asyncio.run(all_())
    assert order == ["mad", "mad", "good", "calm", "mad", "mad", "mad"]


def test_a_turn_whose_request_went_away_is_passed_on() -> None:
    async def all_() -> None:
        turns = Turns()
        async with turns.of("a"):
            gone = asyncio.create_task(turns._wait("b"))
            stays = asyncio.create_task(turns._wait("c"))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
        await asyncio.wait_for(stays, 1.0)

    asyncio.run(all_())


def test_a_source_with_too_much_before_the_log_is_told_to_wait_and_others_are_not(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAITING_OF_SOURCE", 10)
    queue = street.house.intake.writer._queue
    with street.house.intake.writer._changed:
        stuck = lot("depot", 9)
        queue._waiting["depot"] = 9
    body = (CSV + csv_row() * 2).encode()
    answer = street.post("fixes/csv", body)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "none of this body" in answer.json()["detail"]
    assert street.post("fixes/csv", body, token=street.player).status_code == 202
    del stuck, queue._waiting["depot"]
    assert street.post("fixes/csv", body).status_code == 202


NOTHINGS = {
    "csv": (CSV + "x\n" * 60_000).encode(),
    "ufms-json": b"[" + b"[]," * 60_000 + b"[]]",
    "traccar": b"[" + b"7," * 60_000 + b"7]",
    "osmand": b'{"device_id":"a","location":[' + b"7," * 60_000 + b"7]}",
    "gtfs-rt": b"\x0a\x05\x0a\x032.0" + b"\x12\x00" * 60_000,
    "ufms": b"\x08\x68\xc2\x06\xc0\xa9\x07" + b"\x0a\x00" * 60_000,
}


@pytest.mark.parametrize("door", NOTHINGS)
def test_a_body_of_very_many_nothings_is_refused_whole(street: Street, door: str) -> None:
    object.__setattr__(street.house, "max_body_bytes", 8_000_000)
    answer = street.post(f"fixes/{door}", NOTHINGS[door])
    assert answer.status_code == 400
    assert "50,000" in answer.json()["detail"]
    assert len(street.records("gps.fixes.dead")) == 1


def test_a_day_old_backlog_that_arrives_at_once_is_taken_and_its_clock_not_blamed(street: Street) -> None:
    rows = [csv_row("29B-1", SECOND - 86_400 + 20 * number) for number in range(4_000)]
    answer = street.post("fixes/csv", (CSV + "".join(rows)).encode())
    assert answer.json()["accepted"] == 4_000
    clock = street.house.intake.clocks["depot"].skew(SECOND * 1000)
    assert clock is not None
    assert not clock.is_wrong


def lot(source: str, count: int) -> Lot:
    loop = asyncio.new_event_loop()
    records = [Outgoing("gps.fixes", b"k", f"{source}{n}".encode()) for n in range(count)]
    return Lot(source, records, loop, loop.create_future())


def test_the_log_is_written_in_rotation_each_source_in_its_own_order() -> None:
    queue = FairQueue(quantum=2)
    mad, good = lot("m", 7), lot("g", 1)
    queue.put(mad)
    queue.put(good)
    assert len(queue) == 8
    group = queue.next_group(6)
    assert [record.value for piece in group for record in piece.records] == [b"m0", b"m1", b"g0", b"m2", b"m3", b"m4"]
    assert [(piece.lot.source, piece.last) for piece in group if piece.last] == [("g", True)]
    queue.settle(good)
    assert (queue.waiting("m"), queue.waiting("g")) == (7, 0)
    rest = queue.next_group(6)
    assert [record.value for piece in rest for record in piece.records] == [b"m5", b"m6"]
    queue.settle(mad)
    assert len(queue) == 0


def test_what_is_left_of_a_failed_lot_is_not_written() -> None:
    queue = FairQueue(quantum=2)
    failed, next_ = lot("m", 7), lot("m", 1)
    queue.put(failed)
    queue.put(next_)
    queue.next_group(2)
    queue.settle(failed)
    assert [piece.lot for piece in queue.next_group(10)] == [next_]


def test_a_million_unknown_vehicles_fill_no_memory_and_known_ones_go_on() -> None:
    crowd = Crowd(1000)
    assert crowd.admit("depot", "known", 0.0)
    assert sum(crowd.admit("depot", f"v{number}", 1.0) for number in range(1_000_000)) == 999
    assert crowd.admit("depot", "known", 2.0)
    assert crowd.admit("other", "v999999", 2.0)
    assert crowd.admit("depot", "known", GENERATION_S + 3.0)
    assert not crowd.admit("depot", "new", GENERATION_S + 3.0)
    assert crowd.admit("depot", "known", 2 * GENERATION_S + 4.0)
    assert crowd.admit("depot", "new", 2 * GENERATION_S + 4.0)


def test_a_vehicle_too_many_is_refused_by_its_own_record(tmp_path: Path) -> None:
    with open_street(tmp_path, max_vehicles=2) as street:
        body = CSV + "".join(csv_row(f"29B-{number}") for number in range(4)) + csv_row("29B-0", SECOND + 1)
        answer = street.post("fixes/csv", body.encode()).json()
    assert (answer["accepted"], answer["refused"]) == (3, 2)
    assert [(error["index"], error["vehicle_id"]) for error in answer["errors"]] == [(2, "29B-2"), (3, "29B-3")]
    assert "HANOI_INGEST_MAX_VEHICLES" in answer["errors"][0]["mend"]


def test_a_flood_of_rubbish_is_counted_whole_and_kept_in_part() -> None:
    limit = LetterLimit()
    kept = [limit.admit("mad", b"x" * 5_000, 0.0) for _ in range(20_000)]
    whole = [letter for letter in kept if letter is not None and len(letter[0]) == 5_000]
    cut = [letter for letter in kept if letter is not None and len(letter[0]) == 1_000]
    assert len(whole) == LETTERS_AT_ONCE
    assert len(cut) == 18_000 / SAMPLE_EVERY
    assert {letter[1] for letter in cut} == {SAMPLE_EVERY - 1}
    assert limit.admit("good", b"y", 0.0) == (b"y", 0)
    assert limit.admit("mad", b"z", 10.0) == (b"z", 0)


def test_dead_letters_are_bounded_in_bytes_too() -> None:
    limit = LetterLimit()
    kept = [limit.admit("mad", b"x" * 8_000_000, 0.0) for _ in range(1000)]
    taken = sum(min(len(letter[0]), MAX_LETTER_BYTES) for letter in kept if letter is not None)
    assert taken <= BYTES_AT_ONCE + 1_000
    assert kept[0] is not None


def test_a_letter_says_how_many_were_left_out_before_it(street: Street) -> None:
    street.post("fixes/csv", (CSV + csv_row(lat=0, lon=0) * 4500).encode())
    heads = [dict(record.headers) for record in street.records("gps.fixes.dead")]
    assert len(heads) == LETTERS_AT_ONCE + 2
    assert sum(int(head.get("left_out", b"0")) for head in heads) == 1998
    text = street.client.get("/metrics").text
    assert 'hanoi_ingest_letters_left_out_total{source="depot"}' in text
