from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.builders import picture
from vision.errors import VideoError
from vision.evidence.clip import StoredPiece, read_piece
from vision.pictures import picture_pieces, time_of_name
from vision.pieces import source_pieces


def write(folder: Path, name: str, number: int = 0, size: tuple[int, int] = (64, 48)) -> Path:
    path = folder / name
    assert cv2.imwrite(str(path), cv2.resize(picture(number), size))
    return path


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("20220925_164147.250", 1664124107.25),
        ("gate-2_2022-09-25T16-41-47", 1664124107.0),
        ("C058-20220925164147250", 1664124107.25),
        ("1664098907.250", 1664098907.25),
        ("cam_1664098907250", 1664098907.25),
    ],
)
def test_the_time_that_a_name_holds_is_read(name: str, seconds: float) -> None:
    assert time_of_name(name) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize("name", ["frame_000123", "20221399_164147", "img", "12345678901234567890"])
def test_a_name_without_a_time_tells_none(name: str) -> None:
    assert time_of_name(name) is None


def test_pictures_named_by_their_time_come_in_its_order_as_pieces_of_two_seconds(tmp_path: Path) -> None:
    for i in range(45):
        second, ms = divmod(i * 100, 1000)
        write(tmp_path, f"20220925_1641{47 + second:02d}.{ms:03d}.jpg", i)
    pieces = list(source_pieces(str(tmp_path)))
    assert [len(p.frame_s) for p in pieces] == [20, 20, 5]
    assert [t for p in pieces for t in p.frame_s] == pytest.approx([i / 10 for i in range(45)], abs=1e-6)


def test_a_table_gives_uneven_times_and_the_pictures_come_out_as_they_went_in(tmp_path: Path) -> None:
    times = [3.0, 3.04, 3.31, 4.9]
    for i in range(4):
        assert cv2.imwrite(str(tmp_path / f"frame_{i:06d}.png"), np.full((48, 64, 3), 50 * i, np.uint8))
    rows = [f"frame_{i:06d}.png,{t}" for i, t in enumerate(times)]
    (tmp_path / "times.csv").write_text("\n".join(["file,seconds", *reversed(rows)]), encoding="utf-8")
    (piece,) = picture_pieces(tmp_path)
    assert piece.frame_s == pytest.approx((0.0, 0.04, 0.31, 1.9))
    stored = StoredPiece(piece.data, tuple(round(s * 1000) for s in piece.frame_s))
    assert [frame.image.mean() for frame in read_piece(stored)] == pytest.approx([0, 50, 100, 150], abs=5)


def test_names_without_a_time_are_refused_and_the_mending_is_said(tmp_path: Path) -> None:
    write(tmp_path, "frame_000001.jpg")
    with pytest.raises(VideoError, match=r"1 of 1 names tell no time, the first frame_000001\.jpg; .*times\.csv"):
        list(picture_pieces(tmp_path))


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("none", encoding="utf-8")
    with pytest.raises(VideoError, match="holds no pictures"):
        list(picture_pieces(tmp_path))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,s\na.jpg,1\n", "needs the columns file,seconds"),
        ("file,seconds\na.jpg,soon\n", "line 2 has seconds 'soon'"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, table: str, said: str) -> None:
    write(tmp_path, "a.jpg")
    (tmp_path / "times.csv").write_text(table, encoding="utf-8")
    with pytest.raises(VideoError, match=said):
        list(picture_pieces(tmp_path))


def test_broken_absent_and_doubled_pictures_are_named_and_the_others_stay(tmp_path: Path) -> None:
    whole = write(tmp_path, "a.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    write(tmp_path, "twin.jpg", 1)
    write(tmp_path, "z.jpg", 2)
    (tmp_path / "times.csv").write_text(
        "file,seconds\na.jpg,0\ntwin.jpg,0\ncut.jpg,0.5\nempty.jpg,0.7\ngone.jpg,0.8\nz.jpg,1\n", encoding="utf-8"
    )
    told: list[str] = []
    (piece,) = picture_pieces(tmp_path, on_bad=told.append)
    assert piece.frame_s == (0.0, 1.0)
    assert [name for name in ("gone.jpg", "twin.jpg", "cut.jpg", "empty.jpg") if any(name in t for t in told)] == [
        "gone.jpg", "twin.jpg", "cut.jpg", "empty.jpg"
    ]  # fmt: skip
    assert len(told) == 4


def test_a_folder_of_broken_pictures_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "20220925_164147.jpg").write_bytes(b"no picture")
    with pytest.raises(VideoError, match="not one picture could be read"):
        list(picture_pieces(tmp_path))


def test_a_piece_ends_where_the_size_changes(tmp_path: Path) -> None:
    for i in range(4):
        write(tmp_path, f"20220925_16414{i}.jpg", i, (64, 48) if i < 2 else (80, 60))
    assert [(p.width, p.height, len(p.frame_s)) for p in picture_pieces(tmp_path)] == [(64, 48, 2), (80, 60, 2)]
