"""The sign to stop knows whether the one who should look at it still does."""

import threading

from services.stop_sign import StopSign


class Now:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def test_one_who_never_looked_has_not_begun() -> None:
    sign = StopSign(Now())
    sign.own()
    assert sign.quiet_s() is None


def test_the_first_turn_is_part_of_the_start_however_long_it_takes() -> None:
    now = Now()
    sign = StopSign(now)
    sign.own()
    sign.is_set()
    now.s += 300.0
    assert sign.quiet_s() is None
    sign.is_set()
    assert sign.quiet_s() == 0.0


def test_one_who_looked_is_as_quiet_as_the_look_is_old() -> None:
    now = Now()
    sign = StopSign(now)
    sign.own()
    sign.is_set()
    assert not sign.is_set()
    now.s += 7.0
    assert sign.quiet_s() == 7.0


def test_the_looks_of_other_threads_do_not_count() -> None:
    now = Now()
    sign = StopSign(now)
    sign.own()
    sign.is_set()
    sign.is_set()
    now.s += 7.0
    other = threading.Thread(target=sign.is_set)
    other.start()
    other.join()
    assert sign.quiet_s() == 7.0


def test_one_who_waits_for_the_sign_does_not_hang_however_long() -> None:
    now, waits = Now(), threading.Event()

    class Noted(StopSign):
        def wait(self, timeout: float | None = None) -> bool:
            threading.Timer(0.0, waits.set).start()
            return super().wait(timeout)

    sign = Noted(now)

    def live() -> None:
        sign.own()
        sign.wait()

    thread = threading.Thread(target=live)
    thread.start()
    waits.wait(5.0)
    now.s += 1000.0
    while thread.is_alive() and sign.quiet_s() is None:
        pass
    assert sign.quiet_s() == 0.0
    sign.set()
    thread.join(5.0)
    assert sign.quiet_s() == 0.0
    now.s += 3.0
    assert sign.quiet_s() == 3.0
