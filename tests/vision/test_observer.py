"""What controllers and people say reaches the rules of the cameras that it is about, and no others."""

import pytest

from schemas.signal import CameraCircumstance, CircumstanceKind, SignalColour, SignalState
from tests.vision.builders import START_MS
from tests.vision.rules.stage import Actor, camera, frames, going, straight
from vision.circumstances import KINDS
from vision.observer import Observer

RIDE = [Actor("motorcycle", straight((0.0, -20.0), 0.0, 6.0))]


def red(signal_id: str = "K1") -> SignalState:
    return SignalState(signal_id, SignalColour.RED, START_MS - 5_000, START_MS + 40_000, 100)


def officer(camera_id: str = "S-1", approach_id: str | None = None) -> CameraCircumstance:
    return CameraCircumstance(camera_id, CircumstanceKind.OFFICER, START_MS - 60_000, None, approach_id)


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ([], 0),
        ([red()], 1),
        ([red("K2")], 0),
        ([red(), officer()], 0),
        ([red(), officer(approach_id="away")], 0),
        ([red(), officer(approach_id="towards")], 1),
        ([red(), officer("S-2")], 1),
        (
            [
                red(),
                officer(),
                CameraCircumstance("S-1", CircumstanceKind.OFFICER, START_MS - 60_000, START_MS - 30_000),
            ],
            1,
        ),
    ],
)
def test_a_ride_on_a_controllers_red_is_claimed_but_not_where_an_officer_is_told(
    said: list[SignalState | CameraCircumstance], claims: int
) -> None:
    observer = Observer(camera(("red_light",), [going("away", 24.0)]))
    for message in said:
        observer.hear(message)
    found = [finding for time_ms, looks in frames(RIDE, 14.0) for finding in observer.step(time_ms, looks)]
    assert len(found) == claims


def test_every_kind_that_can_be_told_is_one_that_rules_know() -> None:
    assert {kind.value for kind in CircumstanceKind} == set(KINDS)
