"""Files go in whole, come out whole, and never leave the root."""

import dataclasses
import errno
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from services.media import room
from services.media.bucket import Bucket
from services.media.errors import MediaChangedError, MediaError, MediaFullError
from services.media.files import Files
from services.media.folder import Folder
from services.media.store import MediaStore, open_media

KINDS = ["local", "memory", "s3"]
LIMIT = 1000
COUNT_FILES = room.count_files


def open_kind(request: pytest.FixtureRequest, tmp_path: Path, limit_bytes: int | None = None) -> MediaStore:
    """Open an empty store of the kind that the fixture asks for."""
    if request.param == "local":
        return MediaStore(Folder(tmp_path / "media"), limit_bytes)
    url = "memory://" if request.param == "memory" else str(request.getfixturevalue("s3_url"))
    return MediaStore(Bucket(url), limit_bytes)


@pytest.fixture(params=KINDS)
def media(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    return open_kind(request, tmp_path)


@pytest.fixture(params=KINDS)
def small(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    """A store that may hold a thousand bytes."""
    return open_kind(request, tmp_path, LIMIT)


def test_what_was_put_can_be_read_and_deleted(media: MediaStore) -> None:
    assert media.used_bytes() == 0
    uri = media.put("C-058/2026-11-22/000001.mp4", b"\x00\x01" * 500)
    assert uri == "media:C-058/2026-11-22/000001.mp4"
    assert media.exists(uri)
    assert media.read(uri) == b"\x00\x01" * 500
    assert media.used_bytes() == 1000
    media.delete(uri)
    media.delete(uri)
    assert not media.exists(uri)
    assert media.used_bytes() == 0


def test_a_file_can_be_replaced(media: MediaStore) -> None:
    media.put("a", b"old")
    assert media.read(media.put("a", b"new")) == b"new"


def test_of_several_who_create_a_file_at_once_one_succeeds(media: MediaStore) -> None:
    made: list[bool] = []
    threads = [threading.Thread(target=lambda n=n: made.append(media.create("a/b", bytes([n])))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [False] * 7 + [True]
    assert media.list_below("a") == ["a/b"]
    assert media.list_below("none") == []


def test_chains_of_evidence_never_go_to_make_room(small: MediaStore) -> None:
    small.create(".seals/chain/C/00000001.json", bytes(100))
    for number in range(20):
        small.put(f"segments/{number}", bytes(300))
    assert small.exists(".seals/chain/C/00000001.json")


def test_a_file_that_is_absent_is_named(media: MediaStore) -> None:
    with pytest.raises(MediaError, match=r"C-058/9\.mp4 is absent"):
        media.read("media:C-058/9.mp4")


@pytest.mark.parametrize(
    "path", ["", ".holds/a/b", "/etc/passwd", "../x", "a/../../x", "a\\..\\x", "media:/x", "media:../x", "a\0b"]
)
def test_a_path_that_leaves_the_root_is_refused(media: MediaStore, path: str) -> None:
    for act in (lambda: media.put(path, b"x"), lambda: media.read(path), lambda: media.exists(path)):
        with pytest.raises(MediaError, match="no path inside the media store"):
            act()


@given(st.text(max_size=30))
def test_no_path_whatever_reaches_outside(path: str) -> None:
    media = open_media("file:///srv/media")
    try:
        place = media.local_path(path)
    except MediaError:
        return
    assert place is not None
    assert Path("/srv/media") in place.resolve().parents


def test_only_a_local_folder_has_local_paths(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}")
    path = media.local_path(media.put("a/b.bin", b"x"))
    assert path == tmp_path / "a" / "b.bin"
    assert path.read_bytes() == b"x"
    assert open_media("memory://").local_path("a") is None


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}")
    uri = media.put("a", b"\x00" * 500_000)
    done = threading.Event()

    def write() -> None:
        for number in range(40):
            media.put("a", bytes([number]) * 500_000)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        data = media.read(uri)
        assert len(data) == 500_000
        assert data[:1] == data[-1:]
    writer.join()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MediaError, match="cannot be written"):
        open_media(f"file://{tmp_path / 'file'}").put("a/b", b"x")


def test_an_address_of_no_known_kind_is_refused() -> None:
    with pytest.raises(MediaError, match="nosuch://x"):
        open_media("nosuch://x")


def test_a_relative_folder_begins_where_the_process_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = open_media("file://var/media").local_path("a")
    assert path == tmp_path / "var" / "media" / "a"


def count_refused(reason: str) -> float:
    return REGISTRY.get_sample_value("hanoi_media_refused_total", {"reason": reason}) or 0.0


def test_bytes_that_are_not_those_announced_are_told(media: MediaStore) -> None:
    uri = media.put("a/b", b"kept")
    assert media.read(uri, sha256=hashlib.sha256(b"kept").hexdigest()) == b"kept"
    with pytest.raises(MediaChangedError, match="changed or cut"):
        media.read(uri, sha256=hashlib.sha256(b"other").hexdigest())


def test_the_oldest_files_go_first_and_held_ones_never(
    request: pytest.FixtureRequest, small: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "count_files", in_order_of_name)
    small.hold("f0", "case-1")
    uris = [small.put(f"f{number}", bytes(200)) for number in range(5)]
    small.put("f5", bytes(300))
    assert [uri for uri in uris if small.exists(uri)] == ["media:f0", "media:f3", "media:f4"]
    assert small.used_bytes() == 900
    assert REGISTRY.get_sample_value("hanoi_media_used_bytes") == 900
    assert REGISTRY.get_sample_value("hanoi_media_held_bytes") == 200
    assert REGISTRY.get_sample_value("hanoi_media_limit_bytes") == LIMIT


def in_order_of_name(files: Files) -> room.Count:
    """Age files by their names: the clock of a bucket has seconds only."""
    found = COUNT_FILES(files)
    return dataclasses.replace(found, free=sorted(found.free, key=lambda entry: entry.path))


def test_what_is_all_on_hold_refuses_the_new_and_says_so(small: MediaStore) -> None:
    before = count_refused("held")
    for number in range(4):
        small.hold(small.put(f"f{number}", bytes(240)), "case-1")
    with pytest.raises(MediaFullError, match="960 of 1000 bytes are on hold"):
        small.put("new", bytes(100))
    assert count_refused("held") == before + 1
    assert not small.exists("new")
    small.release("media:f2", "case-1")
    small.put("new", bytes(100))
    assert not small.exists("f2")


def test_a_file_is_held_while_anybody_holds_it(media: MediaStore) -> None:
    for who in ("b", "a", "a"):
        media.hold("media:x/y", who)
    assert media.list_holders("x/y") == ["a", "b"]
    media.release("x/y", "a")
    media.release("x/y", "nobody")
    assert media.list_holders("x/y") == ["b"]
    assert media.used_bytes() == 0
    with pytest.raises(MediaError, match="cannot hold"):
        media.hold("x/y", "a/b")


def test_a_file_larger_than_the_limit_sends_nothing_away(small: MediaStore) -> None:
    small.put("old", bytes(500))
    with pytest.raises(MediaFullError, match="more than the limit"):
        small.put("new", bytes(1001))
    assert small.exists("old")


def test_a_full_disk_is_survived_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path)
    media = MediaStore(folder)
    old = media.put("old", bytes(500))
    held = media.put("held", bytes(500))
    media.hold(held, "case-1")
    write, room_left = folder.write, [0]

    def write_a_little(path: str, data: bytes) -> None:
        if len(data) > room_left[0] + (0 if folder.exists("old") else 500):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data)

    monkeypatch.setattr(folder, "write", write_a_little)
    assert media.read(media.put("new", b"x" * 400)) == b"x" * 400
    assert not media.exists(old)
    before = count_refused("disk")
    with pytest.raises(MediaFullError, match="No space left"):
        media.put("more", bytes(600))
    assert count_refused("disk") == before + 1
    assert media.exists(held)
    room_left[0] = 10_000
    media.put("more", bytes(600))


def test_what_a_killed_process_left_half_written_is_swept_out(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}")
    for name, age_s in ((".a.1.new", 7200), (".b.2.new", 0)):
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (time.time() - age_s,) * 2)
    assert media.used_bytes() == 0
    assert [path.name for path in tmp_path.iterdir()] == [".b.2.new"]


def test_a_bucket_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    media = open_media("s3://city/media")
    for act in (lambda: media.put("a", b"x"), lambda: media.read("a"), lambda: media.exists("a")):
        with pytest.raises(MediaError, match="s3://city/media/a cannot be"):
            act()
