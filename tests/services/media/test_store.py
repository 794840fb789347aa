"""Files go in whole, come out whole, and never leave the root."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.media.errors import MediaError
from services.media.store import MediaStore, open_media


@pytest.fixture(params=["local", "memory"])
def media(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    if request.param == "local":
        return open_media(f"file://{tmp_path / 'media'}")
    return open_media(f"memory://{tmp_path.name}-{request.node.nodeid.__hash__()}")


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


def test_a_file_that_is_absent_is_named(media: MediaStore) -> None:
    with pytest.raises(MediaError, match=r"C-058/9\.mp4 is absent"):
        media.read("media:C-058/9.mp4")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a\\..\\x", "media:/x", "media:../x", "a\0b"])
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
    assert open_media("memory://x").local_path("a") is None


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
