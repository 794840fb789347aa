"""Who is heard, who is parked and who is silent."""

import msgspec
import pytest

from schemas.position import BusPosition
from schemas.trip import Phase
from services.api.control.signal import Signal, count_signals, is_parked
from tests.services.api.parts import MINUTE_MS, NOON_MS, position


def seen(phase: Phase, minutes_ago: float, speed_mps: float | None = 0.0) -> BusPosition:
    told = position(time_ms=NOON_MS - round(minutes_ago * MINUTE_MS))
    assignment = msgspec.structs.replace(told.assignment, phase=phase)
    return msgspec.structs.replace(told, assignment=assignment, speed_mps=speed_mps)


def test_parked_buses_do_not_count_as_silent() -> None:
    """Two minutes after a start most of a sample city's buses have reported once, from where they are parked."""
    parked = [seen(Phase.AT_DEPOT, 3), seen(Phase.LAYOVER, 12), seen(Phase.UNKNOWN, 14), seen(Phase.DEADHEAD, 9)]
    driving = [seen(Phase.IN_SERVICE, 0.2, 8.0), seen(Phase.IN_SERVICE, 6, 8.0)]
    signal = count_signals([*parked, *driving], NOON_MS)
    assert (signal, signal.expected) == (Signal(live=1, parked=4, silent=1), 2)


@pytest.mark.parametrize(
    ("phase", "minutes_ago", "speed_mps", "parked"),
    [
        (Phase.IN_SERVICE, 5, 0.0, False),  # stands in traffic
        (Phase.DETOUR, 5, 0.0, False),
        (Phase.DEADHEAD, 5, 9.0, False),  # was driving
        (Phase.LAYOVER, 5, None, True),  # its tracker tells no speed
        (Phase.DEADHEAD, 5, None, False),
        (Phase.LAYOVER, 25, 0.0, False),  # should have reported since
        (Phase.AT_DEPOT, 55, 0.0, True),
    ],
)
def test_who_stands_out_of_service_is_parked_for_as_long_as_parked_trackers_sleep(
    phase: Phase, minutes_ago: float, speed_mps: float | None, parked: bool
) -> None:
    assert is_parked(seen(phase, minutes_ago, speed_mps), NOON_MS) is parked
