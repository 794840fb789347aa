"""Many people at once, each asking for one thing after another, as a load test of a transit server does."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from services.bench.raw_http import Connection

# What they ask for, in parts of a hundred, after the nightly load test of a public transit server; a feed is fetched by
# a few machines, not by people, and whole each time here.
MIX = (("arrivals", 40), ("near", 25), ("vehicles", 15), ("route", 10), ("search", 9), ("feed", 1))
THINK_S = (1.0, 3.0)
STARTS_WITHIN_S = 2.0


@dataclass
class Heard:
    """What the answers took, by what was asked for, and how many were not good."""

    took_ms: dict[str, list[float]] = field(default_factory=dict)
    failures: int = 0

    @property
    def all_ms(self) -> list[float]:
        """What all good answers took."""
        return [ms for part in self.took_ms.values() for ms in part]


def ask_as_users(port: int, paths: Mapping[str, Sequence[str]], users: int, seconds: float, seed: int = 1) -> Heard:
    """Let many users ask for a while.

    Parameters
    ----------
    port : int
        Of the api.
    paths : mapping of str to sequence of str
        Addresses of each part of `MIX`.
    users : int
        How many at once, each over a connection of its own, with a pause of 1 to 3 s between answer and question.
    seconds : float
        How long.
    seed : int
        Same seed, same questions.

    Returns
    -------
    Heard
        Of all users.
    """
    return asyncio.run(_ask_all(port, paths, users, seconds, seed))


async def _ask_all(port: int, paths: Mapping[str, Sequence[str]], users: int, seconds: float, seed: int) -> Heard:
    heard, until_s = Heard(), time.monotonic() + seconds
    chances = [random.Random(seed * 100_003 + user) for user in range(users)]  # noqa: S311
    await asyncio.gather(*(_be_a_user(port, paths, heard, until_s, chance) for chance in chances))
    return heard


async def _be_a_user(
    port: int, paths: Mapping[str, Sequence[str]], heard: Heard, until_s: float, chance: random.Random
) -> None:
    connection = Connection(port)
    await asyncio.sleep(chance.uniform(0.0, STARTS_WITHIN_S))
    while time.monotonic() < until_s:
        part = chance.choices([name for name, _ in MIX], [weight for _, weight in MIX])[0]
        line = f"GET {chance.choice(paths[part])} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n"
        began_s = time.perf_counter()
        status = await connection.ask(line.encode())
        if status == HTTPStatus.OK:
            heard.took_ms.setdefault(part, []).append((time.perf_counter() - began_s) * 1000)
        else:
            heard.failures += 1
        await asyncio.sleep(chance.uniform(*THINK_S))
    connection.close()
