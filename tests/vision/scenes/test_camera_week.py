import random

import numpy as np
import pytest

from vision.scenes.camera_week import CameraWeek
from vision.scenes.day import CLOUD_MIN, Day
from vision.scenes.footage import film, lay, traffic
from vision.scenes.nuisance import Encoder, Lorry, Shower, lorry_side
from vision.scenes.paint.picture import Painter, Setting
from vision.scenes.stage import Stage, seen_of

SEED = 3
WEEK = CameraWeek(SEED)


@pytest.mark.parametrize("minute", [720.0, 1078.0, 60.0])
def test_a_mixed_picture_is_the_painted_one(minute: float) -> None:
    light = Day(1).light(minute)
    cycle = film(traffic(5, 0.6), SEED, light, WEEK.camera, 2)
    world = traffic(5, 0.6)
    painter = Painter(world.layout, WEEK.camera, Setting(light.hour, seed=SEED, light=light))
    at_s = world.plan.cycle_s + 0.5
    lamps = {name: world.lamp(name, at_s) for name in world.layout.arms}
    painted = seen_of(painter.compose(painter.see(world.poses(at_s), lamps))).astype(np.float32)

    mixed = np.clip(_without_shade(WEEK.stage, minute), 0, 255)
    mixed = np.asarray(mixed * (WEEK.stage.lamps if light.hour == "night" else 1), np.float32)
    bare = mixed.copy()
    lay(mixed, cycle.shots[1], 1.0)
    off = np.abs(np.clip(mixed, 0, 255) - painted)
    assert off.mean() < 2.0
    assert np.percentile(off, 99) < 12.0
    touched = np.abs(painted - bare) > 20
    assert touched.any()
    assert off[touched].mean() < 6.0


def _without_shade(stage: Stage, minute: float) -> np.ndarray:
    """Return the empty street without the shadows of houses, which the painter does not know."""
    light = Day(1).light(minute)
    back, shadow = stage._sun(minute)
    return stage.empty(light, minute) + light.direct * back * shadow


def test_houses_throw_long_shadows_in_the_morning_and_short_ones_at_noon() -> None:
    assert WEEK.stage._sun(400.0)[1].mean() > 3 * WEEK.stage._sun(720.0)[1].mean()


def test_the_same_week_gives_the_same_pictures_and_another_day_others() -> None:
    def first(day: int) -> np.ndarray:
        return next(iter(WEEK.frames(day, 3600.0, 3601.0)))[2]

    assert np.array_equal(first(0), first(0))
    assert not np.array_equal(first(0), first(1))
    assert WEEK.circumstances().startswith("1.00 h, night")


def test_pictures_come_each_half_second_of_the_day() -> None:
    shown = [(at_ms, round(minute, 4)) for at_ms, minute, _ in WEEK.frames(0, 3600.0, 3601.5)]
    assert shown == [(3_600_000, 60.0), (3_600_500, 60.0083), (3_601_000, 60.0167)]


def test_a_cloud_leaves_the_sun_within_seconds_and_not_at_once() -> None:
    day = Day(4)
    minutes = np.arange(400.0, 1000.0, 0.05).tolist()
    at = next(m for m in minutes if abs(day.weather(m).cloud - day.weather(m - 0.05).cloud) > 0.2)
    before, after = day.weather(at - 0.1).cloud, day.weather(at).cloud
    assert abs(day.cloud(at) - before) < 0.5 * abs(after - before)
    assert day.cloud(at + 2 * CLOUD_MIN) == pytest.approx(day.weather(at + 2 * CLOUD_MIN).cloud)


def test_an_encoder_leaves_out_what_hardly_changed_until_the_next_key_frame() -> None:
    encoder = Encoder(random.Random(1), 1.5, 4)
    still = np.full((180, 320), 90, np.uint8)
    moved = still.copy()
    moved[20:40, 30:50] = 160
    first = encoder.take(still)
    hardly = encoder.take(still + np.uint8(1))
    assert np.array_equal(first, hardly)
    assert np.array_equal(encoder.take(moved)[20:40, 30:50], moved[20:40, 30:50])
    assert np.array_equal(encoder.take(still + np.uint8(1)), still + np.uint8(1))


def test_a_lorry_slides_in_stands_and_drives_on() -> None:
    lorry = Lorry(0.5, 100.0, 130.0, np.full((180, 320), 90, np.uint8), is_left=True)

    def hidden(now_s: float) -> float:
        street = np.zeros((180, 320), np.float32)
        lorry.cover(street, now_s, 1.0)
        return float((street > 0).mean())

    assert hidden(100.0) == 0.0
    assert 0 < hidden(101.0) < hidden(110.0) == pytest.approx(0.5 * 160 / 180, abs=0.01)
    assert hidden(130.0) == 0.0
    assert lorry_side(random.Random(2)).std() > 5


def test_drops_come_with_rain_and_dry_after_it() -> None:
    shower = Shower(random.Random(1))
    for _ in range(40):
        shower.pass_time(0.1, 0.7)
    assert shower.count == 10
    for _ in range(130):
        shower.pass_time(0.1, 0.0)
    assert shower.count == 0
