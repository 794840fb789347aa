"""Several services in one process: one that dies comes back alone."""

import sys
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.clock import CityClock
from services.context import Context
from services.run import backoff
from services.run import host as host_module
from services.run.host import Hosted, describe, host
from services.run.services import Service
from services.settings import Settings

DEADLINE_S = 20.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings({"STREAM_URL": f"sqlite:///{tmp_path}/stream", "DATABASE_URL": f"sqlite:///{tmp_path}/s.sqlite"})


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_S", 0.01)
    monkeypatch.setattr(host_module, "LOOK_S", 0.02)


@pytest.fixture
def module() -> Iterator[Callable[[str, Callable[[Context], None]], Service]]:
    made: list[str] = []

    def make(name: str, run: Callable[[Context], None]) -> Service:
        service = Service(name, "for a test")
        module = types.ModuleType(service.module)
        module.run = run  # type: ignore[attr-defined]
        sys.modules[service.module] = module
        made.append(service.module)
        return service

    yield make
    for name in made:
        del sys.modules[name]


def test_one_that_dies_comes_back_while_the_others_go_on(settings: Settings, module) -> None:
    stop, again = threading.Event(), threading.Event()
    starts: dict[str, int] = {"a": 0, "b": 0}

    def dies_once(context: Context) -> None:
        starts["a"] += 1
        if starts["a"] == 1:
            raise KeyError("x")
        again.set()
        context.stop.wait()

    def lives(context: Context) -> None:
        starts["b"] += 1
        context.stop.wait()

    hosted = [
        Hosted(module(name, run), settings, CityClock(), stop, alone=False)
        for name, run in (("test_a", dies_once), ("test_b", lives))
    ]
    threading.Thread(target=lambda: again.wait(DEADLINE_S) and stop.set(), daemon=True).start()
    assert host(hosted, stop) == 0
    assert starts == {"a": 2, "b": 1}
    assert (hosted[0].watched.restarts, hosted[0].watched.last_error) == (1, "KeyError: 'x'")
    assert hosted[1].watched.restarts == 0


def test_what_a_dead_one_left_behind_is_told_to_stop(settings: Settings, module) -> None:
    stop, told = threading.Event(), threading.Event()

    def leaves_a_thread(context: Context) -> None:
        if told.is_set():
            stop.set()
            return
        threading.Thread(target=lambda: context.stop.wait(DEADLINE_S) and told.set(), daemon=True).start()
        raise RuntimeError("gone")

    hosted = [Hosted(module("test_c", leaves_a_thread), settings, CityClock(), stop, alone=False)]
    assert host(hosted, stop) == 0
    assert told.is_set()


def test_one_alone_in_its_process_ends_it_so_that_a_clean_one_is_started(settings: Settings, module) -> None:
    def dies(context: Context) -> None:
        raise SystemExit(1)

    assert (
        host([Hosted(module("test_d", dies), settings, CityClock(), threading.Event(), alone=True)], threading.Event())
        == 1
    )


def test_one_that_does_not_stop_is_named_and_waited_for_only_a_moment(
    settings: Settings, module, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "STOP_S", 0.1)
    stop, free = threading.Event(), threading.Event()

    def deaf(context: Context) -> None:
        stop.set()
        free.wait(DEADLINE_S)

    assert host([Hosted(module("test_e", deaf), settings, CityClock(), stop, alone=True)], stop) == 1
    free.set()


def test_an_error_is_described_in_one_line() -> None:
    assert describe(ValueError("two\nlines")) == "ValueError: two"
    assert describe(ValueError()) == "ValueError"
