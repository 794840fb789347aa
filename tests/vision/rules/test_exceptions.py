"""Each exception of a ride on red: the same ride is claimed where it does not hold."""

import numpy as np
import pytest

from schemas.violation import LampSpan
from tests.vision.builders import START_MS
from tests.vision.rules.passes import LINE_M, light
from tests.vision.rules.stage import Actor, Path, Pose, camera, frames, going, play, px, straight
from vision.camera import Arrow, Lamps, Turn
from vision.circumstances import KINDS, Circumstance
from vision.frames import Image
from vision.observer import Observer

CONFIG = camera(("red_light", "stop_line"), [going("away", LINE_M)])
# Over the line with the nose at 12 s, three seconds after red began.
RIDE = Actor("motorcycle", straight((0.0, LINE_M - 0.95 - 72.0), 0.0, 6.0))


def claims(*actors: Actor, told: Circumstance | None = None) -> list[tuple[str, int]]:
    def before(observer: Observer) -> None:
        if told is not None:
            observer.circumstances.tell(told)

    found = play(CONFIG, actors, 20.0, light, fps=12.5, before=before)
    return [(finding.rule, finding.track_id) for finding in found]


def test_without_an_exception_the_ride_is_claimed() -> None:
    assert claims(RIDE) == [("red_light", 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_of_the_junction_excuses_the_ride_while_it_holds(kind: str) -> None:
    assert claims(RIDE, told=Circumstance(kind, START_MS - 60_000)) == []
    assert claims(RIDE, told=Circumstance(kind, START_MS - 60_000, None, "towards")) == [("red_light", 1)]
    assert claims(RIDE, told=Circumstance(kind, START_MS - 60_000, START_MS - 30_000)) == [("red_light", 1)]


@pytest.mark.parametrize("label", ["ambulance", "fire_engine", "police_car"])
def test_a_priority_vehicle_that_is_seen_near_excuses_who_makes_way_for_it(label: str) -> None:
    behind = Actor(label, straight((2.5, LINE_M - 14.0 - 72.0), 0.0, 6.0))
    assert claims(RIDE, behind) == []
    assert claims(RIDE, Actor("truck", behind.path)) == [("red_light", 1), ("red_light", 2)]
    assert claims(RIDE, Actor(label, lambda _: (3.0, LINE_M + 60.0, 0.0))) == [("red_light", 1)]


def creeps(behind_m: float) -> Path:
    """Come slowly over the line, its rear 1.4 m past it in the end; so far behind that nose."""

    def path(t: float) -> Pose:
        nose = -0.5 + min(1.3 * max(0.0, t - 11.0), 3.9)
        return 0.0, LINE_M + nose - 0.95 - behind_m, 0.0

    return path


def test_who_is_pushed_over_the_line_by_the_queue_is_not_claimed_to_stand_past_it() -> None:
    def pushed(*actors: Actor) -> list[str]:
        return [finding.rule for finding in play(CONFIG, actors, 34.0, light, fps=12.5)]

    assert pushed(Actor("motorcycle", creeps(0.0))) == ["stop_line"]
    assert pushed(Actor("motorcycle", creeps(0.0)), Actor("motorcycle", creeps(3.0))) == []


def arrow_picture(*, is_lit: bool) -> Image:
    picture = np.full((720, 1280, 3), 30, np.uint8)
    picture[20:40, 20:40] = (110, 200, 10) if is_lit else (30, 30, 30)
    return picture


def turns_right(t: float) -> Pose:
    along = (t - 12.0) * 6.0 - 0.95
    return (0.0, LINE_M + along, 0.0) if along < 6.0 else (along - 6.0, LINE_M + 6.0, 90.0)


@pytest.mark.parametrize(("is_lit", "path", "claimed"), [
    (True, turns_right, 0), (False, turns_right, 1), (True, RIDE.path, 1),
])  # fmt: skip
def test_a_turn_on_its_green_arrow_is_left_alone_and_another_way_out_is_not(
    *, is_lit: bool, path: Path, claimed: int
) -> None:
    right, on = px((4.0, LINE_M + 2.0), (4.0, LINE_M + 10.0)), px((-6.0, LINE_M + 12.0), (6.0, LINE_M + 12.0))
    turns = (Turn("right", (right[0], right[1])), Turn("straight", (on[0], on[1])))
    arrows = (Arrow("right", Lamps(6.0, green=(30.0, 30.0))),)
    observer = Observer(camera(("red_light",), [going("away", LINE_M, turns=turns, arrows=arrows)]))
    found = []
    for time_ms, looks in frames([Actor("motorcycle", path)], 22.0, fps=12.5):
        light = observer.lights["away"]
        light.take(time_ms, light.read(arrow_picture(is_lit=is_lit)))
        observer.lights["away"].tell(LampSpan(colour="red", start_ms=time_ms, end_ms=time_ms + 80, source="controller"))
        found += observer.step(time_ms, looks)
    assert len(found) == claimed
