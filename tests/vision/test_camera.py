import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.builders import CAMERAS, SMALL_CAMERA
from vision.camera import CameraConfig, parse_camera, read_camera
from vision.camera_values import ROAD_USERS
from vision.detector.base import GROUPS
from vision.errors import CameraFileError
from vision.scenes.street import street_camera_yaml


def test_the_real_junctions_file_is_read_whole() -> None:
    camera = read_camera(CAMERAS / "ly_thuong_kiet.yaml")
    assert camera.id == "C-058"
    assert camera.start_ms == 1664098907000
    assert camera.uncertainty_s == 1.0
    assert camera.approaches[0].stop_line == ((193.0, 388.0), (530.0, 398.0))
    assert camera.approaches[0].lamps is not None
    assert camera.source.endswith("cameras/hn_lythuongkiet_hangbai_20220925_164147_640x480_6fps.mp4")
    assert len(camera.sha256) == 64


def test_a_source_with_an_address_is_left_as_it_is() -> None:
    assert parse_camera(SMALL_CAMERA.replace(b"none.mp4", b"rtsp://host/1")).source == "rtsp://host/1"


PLANNED = b"id: J-1\nposition: [105.8, 21.0]\napproaches: [{id: north, bearing_deg: 180}]\n"


def test_a_camera_without_a_source_has_a_place_and_bearings_and_no_pictures() -> None:
    camera = parse_camera(PLANNED)
    assert not camera.has_pictures
    assert camera.position == (105.8, 21.0)
    assert [(a.id, a.bearing_deg) for a in camera.approaches] == [("north", 180.0)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"bearing_deg: 180", b"bearing_deg: 500", "from 0 to 360"),
        (b"bearing_deg: 180", b"travel_px: [0, 1]", "approaches[0].bearing_deg is absent"),
        (b"id: J-1", b"id: J-1\nrules: [red_light]", "rules is unknown"),
        (b"id: J-1", b"id: J-1\nframe: [64, 48]", "source is absent"),
        (b"position: [105.8, 21.0]\n", b"", "position is absent"),
    ],
)
def test_what_a_camera_without_pictures_cannot_have_is_told(old: bytes, new: bytes, said: str) -> None:
    with pytest.raises(CameraFileError) as error:
        parse_camera(PLANNED.replace(old, new))
    assert said in str(error.value)


def test_a_camera_whose_clock_nobody_speaks_of_may_be_off_by_a_second() -> None:
    assert parse_camera(SMALL_CAMERA).uncertainty_s == 1.0
    with_start = SMALL_CAMERA.replace(b"name: Test", b"name: Test\nclock: {start: 2022-09-25T16:41:47+07:00}")
    assert parse_camera(with_start).uncertainty_s == 1.0
    known = SMALL_CAMERA.replace(b"name: Test", b"name: Test\nclock: {uncertainty_s: 0.04}")
    assert parse_camera(known).uncertainty_s == 0.04
    assert parse_camera(SMALL_CAMERA.replace(b"source: none.mp4", b"source: scene://street")).uncertainty_s == 0.0


def test_the_scenes_own_file_is_read() -> None:
    camera = parse_camera(street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0)).encode())
    assert camera.is_scene
    assert camera.name.vi == "Ngã tư"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (b"id: T-1", b"id: ../T 1", "id is"),
        (b"frame: [64, 48]", b"frame: [64]", "frame is"),
        (b"[[0, 24], [64, 24]]", b"[[0, 24], [64, 240]]", "approaches[0].stop_line has [64, 240] outside"),
        (b"[[0, 24], [64, 24]]", b"[[0, 24]]", "approaches[0].stop_line is"),
        (b"travel_px: [0.0, -1.0]", b"travel_px: [0, 0]", "approaches[0].travel_px is"),
        (b"travel_px: [0.0, -1.0]", b"travel: up", "approaches[0].travel_px is absent"),
        (b"position: [105.8, 21.0]", b"position: [21.0, 105.8]", "longitude first"),
        (b"rules: [red_light", b"rules: [red_lihgt", "rules has 'red_lihgt'; known are"),
        (b"name: Test", b"name: Test\nclock: {start: 2022-09-25T16:41:47}", "with its zone"),
        (b"name: Test", b"name: Test\ncolour: red", "colour is unknown"),
        (b"name: Test", b"name: Test\nlimits: {grace_s: -1}", "limits.grace_s is -1"),
        (b"name: Test", b"name: Test\nground: [{px: [1, 2], at: [105, 21]}]", "at least 4"),
        (
            b"name: Test",
            b"name: Test\nzones: [{id: z, kind: junction, polygon: [[0, 0], [9, 9], [9, 0], [0, 9]]}]",
            "crosses",
        ),
        (b"name: Test", b"name: Test\nzones: [{id: z, kind: junction, polygon: [[0, 0], [9, 9], [90, 0]]}]", "outside"),
        (b"name: Test", b"name: Test\nground: [" + b"{px: [1, 2], at: [105, 21]}, " * 5 + b"]", "in one line"),
        (b"[[0, 24], [64, 24]]", b"[[0, 24], [30, 26], [64, 24]]", "approaches[0].stop_line has 3 points"),
        (b"travel_px: [0.0, -1.0]", b"travel_px: [1.0, 0.1]", "approaches[south].travel_px runs along the stop line"),
        (b"    centre_line: [[10, 24], [10, 48]]\n", b"", "no centre_line, but rule wrong_side needs one"),
        (b"name: Test", b"name: Test\nname: Other", "'name' stands twice, again in line 4"),
        (b"name: Test", b"name: Test\nmode: fast", "mode is 'fast'; give real_time or capacity, or leave it out"),
        (
            b"name: Test",
            b"name: Test\nground: [{px: [1, 20], at: [105.9, 21]}, {px: [60, 20], at: [105.9001, 21]},"
            b" {px: [60, 40], at: [105.9001, 21.0001]}, {px: [1, 40], at: [105.9, 21.0001]}]",
            "at lies 10.4 km from position",
        ),
        (b"    lamps: {red: [50, 6], yellow: [50, 12], green: [50, 18], radius_px: 2}\n", b"", "lamps is absent"),
    ],
)
def test_each_fault_names_its_key(old: bytes, new: bytes, key: str) -> None:
    assert old in SMALL_CAMERA
    with pytest.raises(CameraFileError) as error:
        parse_camera(SMALL_CAMERA.replace(old, new), "cameras/T-1.yaml")
    assert key in str(error.value)
    assert "cameras/T-1.yaml" in str(error.value)


def test_the_mode_is_the_files_or_else_goes_by_the_clock() -> None:
    chosen = [parse_camera(SMALL_CAMERA + more) for more in (b"", b"mode: real_time\n", b"mode: capacity\n")]
    assert [camera.is_real_time(is_live=True) for camera in chosen] == [True, True, False]
    assert [camera.is_real_time(is_live=False) for camera in chosen] == [False, True, False]


WHOLE = SMALL_CAMERA.replace(
    b"rules: [red_light, stop_line, wrong_side]",
    b"""    arrows: [{turn: right, green: [55, 18]}]
    turns:
      - {turn: left, line: [[0, 5], [9, 5]], forbidden: true}
      - {turn: right, line: [[60, 5], [63, 9]], on_red: true}
    signal: K1
zones:
  - {id: bus, kind: bus_lane, polygon: [[0, 0], [9, 0], [9, 9]], hours: ['06:00-09:00', '22:30-24:00'], approach: south}
  - {id: alley, kind: one_way, travel_px: [0, -2], polygon: [[0, 0], [9, 0], [9, 9]]}
  - {id: bikes, kind: lane, allowed: [motorcycle], polygon: [[0, 0], [9, 0], [9, 9]]}
speed_limit_kmh: 50
rules: [red_light, forbidden_turn, bus_lane, lane, wrong_way]""",
)


def test_turns_arrows_and_zones_are_read_whole() -> None:
    camera = parse_camera(WHOLE)
    approach = camera.approaches[0]
    assert [(arrow.turn, arrow.lamps.green) for arrow in approach.arrows] == [("right", (55.0, 18.0))]
    assert [(turn.turn, turn.forbidden, turn.on_red) for turn in approach.turns] == [
        ("left", True, False),
        ("right", False, True),
    ]
    assert (approach.signal, camera.speed_limit_kmh) == ("K1", 50.0)
    assert camera.zones[0].hours == ((360, 540), (1350, 1440))
    assert (camera.zones[0].approach, camera.zones[1].travel_px) == ("south", (0.0, -1.0))
    assert camera.zones[2].allowed == ("motorcycle",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"turn: right, green", b"turn: rigth, green", "approaches[0].arrows[0].turn has 'rigth'"),
        (b"green: [55, 18]", b"green: [550, 18]", "approaches[0].arrows[0].green has [550, 18] outside"),
        (b"line: [[0, 5], [9, 5]]", b"line: [[0, 5], [0, 5]]", "approaches[0].turns[0].line is"),
        (b"[9, 5]]", b"[900, 5]]", "approaches[0].turns[0].line has [900, 5] outside"),
        (b"forbidden: true", b"forbidden: maybe", "approaches[0].turns[0].forbidden must be true or false"),
        (b", forbidden: true", b"", "no turn with forbidden: true"),
        (b"stop_line: [[0, 24], [64, 24]]", b"stop_line: [[0, 24], [0, 24]]", "two ends are the same"),
        (b"'06:00-09:00'", b"'6-9'", "zones[0].hours has '6-9'"),
        (b"approach: south", b"approach: north", "zones[0].approach has 'north'; known are south"),
        (b"travel_px: [0, -2], ", b"", "zones[1].travel_px is absent"),
        (b"allowed: [motorcycle], ", b"", "zones[2].allowed is absent"),
        (b"allowed: [motorcycle]", b"allowed: [motorbike]", "zones[2].allowed has 'motorbike'"),
        (b"kind: bus_lane", b"kind: junction", "none of kind bus_lane, but rule bus_lane needs one"),
        (b"id: alley", b"id: bus", "zones have two of id 'bus'"),
        (b"speed_limit_kmh: 50", b"speed_limit_kmh: 500", "speed_limit_kmh is 500"),
        (b"wrong_way]", b"wrong_way, speed_screening]", "rule speed_screening needs both"),
    ],
)
def test_each_fault_of_turns_and_zones_names_its_key(old: bytes, new: bytes, said: str) -> None:
    assert old in WHOLE
    with pytest.raises(CameraFileError) as error:
        parse_camera(WHOLE.replace(old, new))
    assert said in str(error.value)


def test_every_class_of_the_detector_may_stand_in_a_lane() -> None:
    assert set(ROAD_USERS) == set(GROUPS)


def test_all_faults_are_reported_at_once() -> None:
    bad = SMALL_CAMERA.replace(b"T-1", b"T 1").replace(b"[0.0, -1.0]", b"[0, 0]").replace(b"red_light", b"red")
    with pytest.raises(CameraFileError) as error:
        parse_camera(bad)
    assert str(error.value).count("\n") >= 3


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CameraFileError, match=r"nowhere\.yaml: cannot be read"):
        read_camera(tmp_path / "nowhere.yaml")


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_answer_is_a_camera_or_a_camera_file_error(data: bytes) -> None:
    with contextlib.suppress(CameraFileError):
        assert isinstance(parse_camera(data), CameraConfig)
