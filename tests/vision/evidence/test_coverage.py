from vision.evidence.coverage import cover

ACT = 1_700_000_000_000


def at_rate(from_s: float, to_s: float, step_ms: int = 40) -> list[int]:
    return list(range(ACT + round(from_s * 1000), ACT + round(to_s * 1000), step_ms))


def test_six_seconds_on_both_sides_are_whole() -> None:
    assert cover(at_rate(-6.1, 6.1), ACT).lacks == ()


def test_a_clip_that_begins_late_or_ends_early_says_so() -> None:
    assert cover(at_rate(-4, 6.1), ACT).lacks == ("begins_late",)
    assert cover(at_rate(-6.1, 3), ACT).lacks == ("ends_early",)
    assert cover(at_rate(1, 6.1), ACT).before_ms == 0


def test_a_second_without_a_picture_near_the_act_is_a_gap_and_six_frames_a_second_are_none() -> None:
    shown = cover([*at_rate(-7, -3), *at_rate(-1, 7)], ACT)
    assert shown.lacks == ("gap",)
    assert shown.gaps_ms == ((ACT - 3_040, ACT - 1_000),)
    assert cover(at_rate(-7, 7, 167), ACT).lacks == ()
    assert cover([*at_rate(-20, -10), *at_rate(-7, 7)], ACT).lacks == ()
