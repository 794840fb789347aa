from pathlib import Path

import pytest

from schemas.camera import CameraState
from services.detect.known_views import OLDEST_MS, KnownViews
from services.media.store import MediaStore, open_media
from tests.vision.builders import START_MS, small_camera
from tests.vision.test_view import street, turned, with_traffic
from vision.health import HealthWatcher

CAMERA = small_camera()
NOW_MS = START_MS + 60_000


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return open_media(f"file://{tmp_path}")


def watched(health: HealthWatcher, *, seconds: int = 30, shift: float = 0.0, from_ms: int = START_MS) -> CameraState:
    change = turned(shift=shift) if shift else None
    for i in range(seconds * 2):
        image = with_traffic(street(), i)
        health.step(from_ms + i * 500, change(image) if change else image)
    return health.sight.state


def kept(media: MediaStore) -> None:
    health = HealthWatcher()
    watched(health)
    KnownViews(media).keep(CAMERA, health.view, NOW_MS)


def test_a_camera_that_was_turned_while_nobody_watched_is_told_after_the_restart(media: MediaStore) -> None:
    kept(media)
    after = HealthWatcher()
    assert KnownViews(media).take_up(CAMERA, after.view, NOW_MS + 60_000)
    assert watched(after, shift=0.03, from_ms=NOW_MS + 60_000) is CameraState.MOVED


def test_a_camera_that_still_looks_there_is_well_after_the_restart(media: MediaStore) -> None:
    kept(media)
    after = HealthWatcher()
    assert KnownViews(media).take_up(CAMERA, after.view, NOW_MS + 60_000)
    assert watched(after, from_ms=NOW_MS + 60_000) is CameraState.OK


def test_an_old_a_strange_or_a_broken_view_is_learnt_anew(media: MediaStore) -> None:
    kept(media)
    views = KnownViews(media)
    assert not views.take_up(CAMERA, HealthWatcher().view, NOW_MS + OLDEST_MS + 1)
    (path,) = media.list_below(".seals/views")
    for rubbish in (b"", b"no number\nabc", f"{NOW_MS}\n".encode() + b"rubbish"):
        media.put(path, rubbish)
        health = HealthWatcher()
        assert not views.take_up(CAMERA, health.view, NOW_MS)
        assert watched(health, seconds=12, shift=0.03) is CameraState.OK


def test_a_view_that_is_still_learnt_is_not_kept(media: MediaStore) -> None:
    health = HealthWatcher()
    watched(health, seconds=10)
    KnownViews(media).keep(CAMERA, health.view, NOW_MS)
    assert media.list_below(".seals/views") == []
