"""``sources.yaml``: read, refused with every problem, followed while it changes."""

import asyncio
from pathlib import Path

import httpx
import pytest

from services.ingest.fetch.run import Fetching
from services.ingest.fetch.sources import Broker, Feed, SourcesError, read_sources_file
from tests.services.ingest.fetch.feed_server import FeedServer, answer, feed
from tests.services.ingest.house import SECOND, open_street

GOOD = """
feeds:
  - name: partner
    url: https://example.org/vehicle-positions.pb
    every_s: 15
    headers: {X-Api-Key: "${PARTNER_KEY}"}
brokers:
  - name: depot
    url: mqtts://broker.example.org:8883
    topics: [fleet/+/position]
    format: ufms
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_feeds_and_brokers_are_read_and_secrets_come_from_the_environment(tmp_path: Path) -> None:
    feed_, broker = read_sources_file(write(tmp_path, GOOD), {"PARTNER_KEY": "k"})
    assert isinstance(feed_, Feed)
    assert isinstance(broker, Broker)
    assert (feed_.name, feed_.headers, feed_.format) == ("partner", {"X-Api-Key": "k"}, "gtfs-rt")
    assert (broker.topics, broker.format) == (("fleet/+/position",), "ufms")


def test_a_city_without_the_file_fetches_nothing(tmp_path: Path) -> None:
    assert read_sources_file(tmp_path / "sources.yaml") == []
    assert read_sources_file(write(tmp_path, "")) == []


def test_every_problem_is_told_with_its_place(tmp_path: Path) -> None:
    bad = """
feeds:
  - {name: a, url: "file:///etc/passwd"}
  - {name: b, url: "http://h/x", evry_s: 3}
  - {name: c, url: "http://h:x/"}
  - {name: d, url: "http://h/x", every_s: 0.1}
  - {name: e, url: "http://h/x", headers: {K: "${ABSENT}"}}
  - {name: f, url: "http://h/x"}
  - {name: f, url: "http://h/x"}
  - 7
brokers: {name: x}
feds: []
"""
    with pytest.raises(SourcesError) as error:
        read_sources_file(write(tmp_path, bad), {})
    text = str(error.value)
    for said in ("feeds[0].url", "feeds[1]", "evry_s", "feeds[2].url", "feeds[3].every_s", "ABSENT", "twice",
                 "feeds[7]", "brokers: must be a list", "feds: no such part"):  # fmt: skip
        assert said in text, said


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "\x00", "feeds: 3"])
def test_what_is_no_list_of_sources_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourcesError, match=r"sources\.yaml"):
        read_sources_file(write(tmp_path, text), {})


def test_the_file_is_followed_while_the_doors_run(tmp_path: Path) -> None:
    with open_street(tmp_path) as street, FeedServer([answer(feed(SECOND, a=SECOND))]) as server:
        path = tmp_path / "sources.yaml"
        fetching = Fetching(path, tmp_path / "lock", street.house.intake, street.house.rates)
        one = f"feeds: [{{name: one, url: '{server.url}'}}]"
        two = f"feeds: [{{name: one, url: '{server.url}'}}, {{name: two, url: '{server.url}'}}]"

        async def follow() -> None:
            async with httpx.AsyncClient() as client:
                fetching.follow(client)
                assert not fetching.tasks
                path.write_text(one)
                fetching.follow(client)
                first = fetching.tasks["one"][1]
                path.write_text(two)
                fetching.follow(client)
                assert set(fetching.tasks) == {"one", "two"}
                assert fetching.tasks["one"][1] is first
                path.write_text("feeds: [")
                fetching.follow(client)
                assert set(fetching.tasks) == {"one", "two"}
                path.unlink()
                fetching.follow(client)
                assert not fetching.tasks
                await asyncio.sleep(0)
                assert first.cancelled() or first.cancelling()

        asyncio.run(follow())


def test_only_one_process_of_a_machine_fetches_and_another_takes_over(tmp_path: Path) -> None:
    with open_street(tmp_path) as street, FeedServer([answer(feed(SECOND, a=SECOND))]) as server:
        (tmp_path / "sources.yaml").write_text(f"feeds: [{{name: one, url: '{server.url}'}}]")
        waits: list[str] = []

        def fetching(name: str) -> Fetching:
            async def sleep(_seconds: float) -> None:
                waits.append(name)
                await asyncio.sleep(0)

            path, lock = tmp_path / "sources.yaml", tmp_path / "lock"
            return Fetching(path, lock, street.house.intake, street.house.rates, sleep)

        async def both() -> None:
            first, second = fetching("first"), fetching("second")
            tasks = [asyncio.create_task(first.run())]
            await until(lambda: "one" in first.tasks)
            tasks.append(asyncio.create_task(second.run()))
            await until(lambda: waits.count("second") > 3)
            assert not second.tasks
            tasks[0].cancel()
            await until(lambda: "one" in second.tasks)
            tasks[1].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run(both())


async def until(is_so) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0)
