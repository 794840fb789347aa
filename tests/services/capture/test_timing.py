from hypothesis import given
from hypothesis import strategies as st

from services.capture.timing import LiveTime, RecordedTime


def test_a_recording_keeps_its_own_time() -> None:
    assert RecordedTime(1000).frame_ms((0.0, 0.167, 5.33)) == (1000, 1167, 6330)


def test_a_played_file_begins_now_and_a_stream_ends_now() -> None:
    assert LiveTime(lambda: 50_000).frame_ms((3.0, 4.0), ends_now=False) == (50_000, 51_000)
    assert LiveTime(lambda: 50_000).frame_ms((3.0, 4.0), ends_now=True) == (49_000, 50_000)


def test_small_jitter_of_the_clock_leaves_the_spacing_of_frames_alone() -> None:
    now = [50_000]
    time = LiveTime(lambda: now[0])
    first = time.frame_ms((0.0, 1.9), ends_now=True)
    now[0] = 52_400  # came 400 ms late
    assert time.frame_ms((2.0, 3.9), ends_now=True)[0] == first[0] + 2000


def test_a_source_that_fell_far_behind_is_laid_anew() -> None:
    now = [50_000]
    time = LiveTime(lambda: now[0])
    time.frame_ms((0.0, 1.9), ends_now=True)
    now[0] = 70_000
    assert time.frame_ms((2.0, 3.9), ends_now=True)[-1] == 70_000


def test_a_camera_whose_clock_is_fifty_millionths_slow_stays_right_for_a_day() -> None:
    now = [0]
    time = LiveTime(lambda: now[0])
    for second in range(2, 24 * 3600, 2):
        now[0] = second * 1000
        last_s = second * (1 - 5e-5)
        times = time.frame_ms((last_s - 1.9, last_s), ends_now=True)
    assert abs(times[-1] - now[0]) < 20  # it would be 4.3 s


@given(st.lists(st.tuples(st.integers(-20_000, 20_000), st.booleans()), min_size=1, max_size=20))
def test_event_time_never_goes_backwards(jumps: list[tuple[int, bool]]) -> None:
    now, last, at = [1_000_000], 0, 0.0
    time = LiveTime(lambda: now[0])
    for jump, restarts in jumps:
        now[0] += jump
        if restarts:
            time.restart()
            at = 0.0
        frames = time.frame_ms((at, at + 0.5, at + 1.9), ends_now=False)
        assert last < frames[0] < frames[1] < frames[2]
        last, at = frames[2], at + 2.0
