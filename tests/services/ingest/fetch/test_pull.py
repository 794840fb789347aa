"""Feeds that are pulled: what each way of misbehaving leads to, and that nothing good is lost or doubled."""

import asyncio
import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from schemas.feed import FeedHealth
from schemas.fix import Fix
from schemas.message import decode
from services.ingest.fetch.feed_state import OLDER_TAKEN_AFTER, wait_s
from services.ingest.fetch.http import retry_after
from services.ingest.fetch.pull import Puller
from services.ingest.fetch.sources import Feed
from tests.services.ingest.fetch.feed_server import (
    Behave,
    FeedServer,
    answer,
    drip,
    endless,
    feed,
    hang_up,
    silent,
)  # fmt: skip
from tests.services.ingest.house import SECOND, StillClock, Street, open_street


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        yield street


def pull(street: Street, behaviours: Sequence[Behave], turns: int, **fields: object) -> tuple[list[str], Puller, list]:
    """Ask so many times; return what came of each, the puller, and the requests' headers."""

    async def ask(url: str) -> tuple[list[str], Puller]:
        fields_ = {"name": "partner", "url": url, "timeout_s": 20.0, "max_mib": 0.1, **fields}
        source = Feed(**fields_)  # type: ignore[arg-type]
        async with httpx.AsyncClient(follow_redirects=True, max_redirects=5, timeout=None) as client:
            puller = Puller(source, street.house.intake, client, StillClock(), chance=random.Random(1))
            return [await puller.turn() for _ in range(turns)], puller

    with FeedServer(list(behaviours)) as server:
        outcomes, puller = asyncio.run(ask(server.url))
        return outcomes, puller, server.requests


def fixes(street: Street) -> list[tuple[str, int]]:
    kept = [decode(Fix, record.value) for record in street.records("gps.fixes")]
    return sorted((fix.vehicle_id, fix.time_ms // 1000 - SECOND) for fix in kept)


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (answer(b"oops", status="500 Internal Server Error"), "status-5xx"),
        (answer(b"", status="404 Not Found"), "status-4xx"),
        (silent, "timeout"),
        (drip, "timeout"),
        (hang_up, "cut-off"),
        (answer(feed(SECOND, a=SECOND)[:20], length=500), "cut-off"),
        (answer(feed(SECOND, a=SECOND)[:-7]), "unreadable"),
        (answer(b"<html>maintenance</html>", "Content-Type: text/html"), "wrong-type"),
        (answer(b"\x1f\x8bbroken", "Content-Encoding: gzip"), "cut-off"),
        (answer(gzip.compress(feed(SECOND, a=SECOND))[:-9], "Content-Encoding: gzip"), "cut-off"),
        (answer(gzip.compress(b"0" * 10_000_000), "Content-Encoding: gzip"), "too-large"),
        (answer(b"x" * 200_000), "too-large"),
        (endless, "too-large"),
        (answer(b"", "Location: /again", status="302 Found"), "redirects"),
    ],
    ids=["500", "404", "silent", "slow", "hangs up", "cut off", "truncated", "a web page", "no gzip", "half gzip",
         "bomb", "huge", "endless", "redirects"],
)  # fmt: skip
def test_a_feed_that_misbehaves_is_named_and_taken_again_once_it_is_well(
    street: Street, behave: Behave, kind: str
) -> None:
    well = answer(feed(SECOND, a=SECOND))
    many = [behave] * (6 if kind == "redirects" else 1)
    outcomes, puller, _ = pull(street, [*many, well], 2, timeout_s=2.0 if kind == "timeout" else 20.0)
    assert outcomes == [kind, "new"]
    assert puller.state.failures == 0
    assert fixes(street) == [("a", 0)]


def test_a_feed_nobody_serves_fails_and_is_asked_less_and_less_often(street: Street) -> None:
    outcomes, puller, _ = pull(street, [hang_up], 1, url="http://127.0.0.1:9/feed.pb")
    assert outcomes == ["connection"]
    assert puller.state.failures == 1


def test_what_is_repeated_is_brought_in_once(street: Street) -> None:
    behaviours = [
        answer(feed(SECOND, a=SECOND, b=SECOND)),
        answer(feed(SECOND, a=SECOND, b=SECOND)),
        answer(feed(SECOND + 15, a=SECOND + 15, b=SECOND)),
    ]
    assert pull(street, behaviours, 3)[0] == ["new", "unchanged", "new"]
    assert fixes(street) == [("a", 0), ("a", 15), ("b", 0)]


def test_a_server_is_asked_only_for_what_is_new(street: Street) -> None:
    tags = ('ETag: "1"', "Last-Modified: Mon, 16 Feb 2026 05:00:00 GMT")
    outcomes, _, requests = pull(street, [answer(feed(SECOND), *tags), answer(b"", status="304 Not Modified")], 2)
    assert outcomes == ["new", "unchanged"]
    assert "if-none-match" not in requests[0]
    assert requests[1]["if-none-match"] == '"1"'
    assert requests[1]["if-modified-since"] == "mon, 16 feb 2026 05:00:00 gmt"


def test_what_the_log_did_not_take_is_asked_for_again(street: Street) -> None:
    writer = street.house.intake.writer
    writer._down_until_s, writer._down_reason = float("inf"), "away"
    outcomes, puller, _ = pull(street, [answer(feed(SECOND, a=SECOND), 'ETag: "1"')], 1)
    assert outcomes == ["log-down"]
    assert puller.state.conditions() == {}
    writer._down_until_s = 0.0
    assert pull(street, [answer(feed(SECOND, a=SECOND))], 1)[0] == ["new"]
    assert fixes(street) == [("a", 0)]


def test_an_older_snapshot_of_a_lagging_mirror_is_left_but_a_clock_set_back_is_followed(street: Street) -> None:
    older = [answer(feed(SECOND - 60, a=SECOND - 60 + number)) for number in range(OLDER_TAKEN_AFTER)]
    outcomes, _, _ = pull(street, [answer(feed(SECOND, a=SECOND)), *older], 1 + OLDER_TAKEN_AFTER)
    assert outcomes == ["new", *["older"] * (OLDER_TAKEN_AFTER - 1), "new"]
    assert fixes(street) == [("a", -56), ("a", 0)]


def test_a_stale_header_is_said_and_its_reports_are_judged_by_their_own_times(street: Street) -> None:
    assert pull(street, [answer(feed(SECOND - 600, a=SECOND))], 1)[0] == ["stale"]
    assert fixes(street) == [("a", 0)]
    assert 'hanoi_ingest_feed_age_seconds{source="partner"} 600.0' in street.client.get("/metrics").text


def test_own_headers_are_sent_and_a_packed_answer_is_unpacked(street: Street) -> None:
    packed = answer(gzip.compress(feed(SECOND, a=SECOND)), "Content-Encoding: gzip")
    outcomes, _, requests = pull(street, [packed], 1, headers={"X-Api-Key": "k"})
    assert outcomes == ["new"]
    assert requests[0]["x-api-key"] == "k"


def test_a_bad_record_of_a_feed_stands_alone_and_is_kept(street: Street) -> None:
    assert pull(street, [answer(feed(SECOND, a=SECOND, b=5))], 1)[0] == ["new"]
    assert fixes(street) == [("a", 0)]
    (letter,) = street.records("gps.fixes.dead")
    assert dict(letter.headers)["source"] == b"partner"


def test_a_bad_record_that_a_feed_repeats_is_kept_once(street: Street) -> None:
    behaviours = [answer(feed(SECOND + number, a=SECOND + number, b=5)) for number in range(4)]
    assert pull(street, behaviours, 4)[0] == ["new"] * 4
    assert len(street.records("gps.fixes.dead")) == 1
    assert len(fixes(street)) == 4


def test_waits_grow_with_failures_are_spread_and_respect_what_the_server_asks() -> None:
    chance = random.Random(1)
    well = [wait_s(15.0, 0, None, chance) for _ in range(100)]
    assert all(13.5 <= wait <= 16.5 for wait in well)
    assert len(set(well)) > 90
    for failures in range(1, 60):
        assert 0.5 * min(15.0 * 2**failures, 300) <= wait_s(15.0, failures, None, chance) <= 300.0
    assert wait_s(15.0, 1, 120.0, chance) == 120.0
    assert wait_s(15.0, 1, 10**9, chance) == 3600.0
    assert wait_s(900.0, 9, None, chance) >= 450.0


def test_a_retry_after_may_be_seconds_or_a_date_or_nonsense() -> None:
    now_s = float(SECOND)
    assert retry_after({"retry-after": "120"}, now_s) == 120.0
    assert retry_after({"retry-after": "Mon, 16 Feb 2026 05:01:00 GMT"}, now_s) == 60.0
    assert retry_after({"retry-after": "soon"}, now_s) is None
    assert retry_after({}, now_s) is None


def test_a_server_that_asks_for_patience_gets_it(street: Street) -> None:
    outcomes, puller, _ = pull(street, [answer(b"", "Retry-After: 77", status="429 Too Many Requests")], 1)
    assert outcomes == ["status-4xx"]
    assert puller.retry_after_s == 77.0


def test_a_feed_runs_on_through_failures_until_it_is_ended(street: Street) -> None:
    waits: list[float] = []

    async def go(url: str) -> None:
        async with httpx.AsyncClient() as client:

            async def sleep(seconds: float) -> None:
                waits.append(seconds)
                if len(waits) == 4:
                    raise asyncio.CancelledError

            source = Feed(name="partner", url=url, every_s=10.0)
            await Puller(source, street.house.intake, client, StillClock(), sleep, random.Random(1)).run()

    with (
        FeedServer([hang_up, hang_up, answer(feed(SECOND, a=SECOND))]) as server,
        pytest.raises(asyncio.CancelledError),
    ):
        asyncio.run(go(server.url))
    assert waits[0] <= 2.0
    assert 9.0 <= waits[1] <= 20.0
    assert 19.0 <= waits[2] <= 40.0
    assert 8.0 <= waits[3] <= 11.0
    assert fixes(street) == [("a", 0)]
    said = [decode(FeedHealth, record.value) for record in street.records("feeds.health")]
    assert [(health.source, health.fixes, health.worst.en) for health in said if health.worst] == [
        ("partner", 0, f"this feed never came, tried {times} times: its answers are cut off") for times in (1, 2)
    ]
