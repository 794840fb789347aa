from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.detector.base import NOTHING, Detections, empty_or
from vision.riders import join_riders
from vision.tracks import Tracker
from vision.tracks.matching import FAR, are_others

START_MS = 1_700_000_000_000


def boxes(*places: tuple[float, float, str], size: float = 40.0, score: float = 0.8) -> Detections:
    made = [[x - size / 2, y - size, x + size / 2, y] for x, y, _ in places]
    return empty_or(made, [score] * len(places), [label for *_, label in places])


def run(tracker: Tracker, steps: list[Detections], gap_ms: int = 167) -> list[list[int]]:
    ids = []
    for i, found in enumerate(steps):
        looks = tracker.step(START_MS + i * gap_ms, i, found)
        ids.append([look.track_id for look in looks if look.frame == i])
    return ids


def test_a_road_user_keeps_its_number_while_it_moves_a_third_of_its_size_a_frame() -> None:
    ids = run(Tracker(), [boxes((100, 400 - 14 * i, "motorcycle")) for i in range(20)])
    assert {i for frame in ids for i in frame} == {1}


def test_the_looks_before_confirmation_are_handed_in_later() -> None:
    tracker = Tracker()
    assert tracker.step(START_MS, 0, boxes((100, 100, "car"))) == []
    assert tracker.step(START_MS + 100, 1, boxes((101, 100, "car"))) == []
    assert [look.frame for look in tracker.step(START_MS + 200, 2, boxes((102, 100, "car")))] == [0, 1, 2]


def test_a_car_and_a_motorcycle_at_one_place_are_never_one_track() -> None:
    steps = [boxes((100, 100, "car"), (104, 100, "motorcycle")) for _ in range(6)]
    tracker, labels = Tracker(), {}
    for i, found in enumerate(steps):
        for look in tracker.step(START_MS + i * 100, i, found):
            labels.setdefault(look.track_id, set()).add(look.label)
    assert sorted(labels.values(), key=str) == [{"car"}, {"motorcycle"}]


def test_two_that_pass_each_other_keep_their_numbers() -> None:
    steps = [boxes((100 + 12 * i, 100, "motorcycle"), (300 - 12 * i, 130, "motorcycle")) for i in range(17)]
    tracker, path = Tracker(), {}
    for i, found in enumerate(steps):
        for look in tracker.step(START_MS + i * 100, i, found):
            path.setdefault(look.track_id, []).append(look.ground[1])
    assert sorted(set(map(tuple, (sorted(set(v)) for v in path.values())))) == [(100.0,), (130.0,)]


def test_one_that_was_hidden_half_a_second_is_the_same_one() -> None:
    seen = [boxes((100 + 10 * i, 100, "car")) for i in range(20)]
    for i in (8, 9, 10):
        seen[i] = NOTHING
    assert {i for frame in run(Tracker(), seen) for i in frame} == {1}


def test_numbers_are_never_used_again() -> None:
    steps = [boxes((100, 100, "car"))] * 4 + [NOTHING] * 12 + [boxes((100, 100, "car"))] * 4
    assert [ids for ids in run(Tracker(), steps) if ids] == [[1], [1], [2], [2]]


def test_a_frame_that_is_not_later_is_ignored() -> None:
    tracker = Tracker()
    for i in range(4):
        tracker.step(START_MS + i * 100, i, boxes((100, 100, "car")))
    assert tracker.step(START_MS + 300, 4, boxes((100, 100, "car"))) == []


def test_seconds_count_and_not_frames() -> None:
    """The same ride at 30 and at 6 frames a second is one track either way."""
    for rate in (30, 6):
        tracker, ids = Tracker(), set()
        for i in range(3 * rate):
            found = boxes((100, 400 - 100 * i / rate, "car"))
            ids |= {look.track_id for look in tracker.step(START_MS + round(i * 1000 / rate), i, found)}
        assert ids == {1}


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.floats(0, 640), st.floats(0, 480)), max_size=5), max_size=25))
def test_no_two_looks_of_a_frame_share_a_number(frames: list[list[tuple[float, float]]]) -> None:
    tracker = Tracker()
    for i, places in enumerate(frames):
        looks = tracker.step(START_MS + i * 100, i, boxes(*((x, y, "motorcycle") for x, y in places)))
        now = [look.track_id for look in looks if look.frame == i]
        assert len(now) == len(set(now))
        assert 0 not in now


def test_a_rider_and_the_motorcycle_become_one_with_the_surer_score() -> None:
    found = empty_or([[450, 310, 487, 390], [450, 345, 484, 397]], [0.7, 0.2], ["person", "motorcycle"])
    joined = join_riders(found)
    assert joined.labels == ("motorcycle",)
    assert joined.boxes.tolist() == [[450.0, 310.0, 487.0, 397.0]]
    assert joined.scores.tolist() == np.array([0.7], np.float32).tolist()


def test_two_riders_on_one_motorcycle_are_one_road_user() -> None:
    found = empty_or(
        [[450, 300, 480, 390], [455, 310, 487, 390], [450, 345, 484, 397]],
        [0.7, 0.6, 0.5],
        ["person", "person", "motorcycle"],
    )
    assert join_riders(found).labels == ("motorcycle",)


def test_someone_on_foot_beside_a_motorcycle_stays_a_person() -> None:
    found = empty_or([[400, 310, 430, 400], [450, 345, 484, 397]], [0.7, 0.5], ["person", "motorcycle"])
    assert sorted(join_riders(found).labels) == ["motorcycle", "person"]


def test_the_people_on_a_two_wheeler_are_counted_in_each_look() -> None:
    people = [[450, 300, 480, 390], [455, 310, 487, 390]]
    found = empty_or(
        [*people, [450, 345, 484, 397], [50, 50, 90, 90]], [0.7, 0.6, 0.5, 0.9], [*["person"] * 2, "motorcycle", "car"]
    )
    joined = join_riders(found)
    assert dict(zip(joined.labels, joined.heads, strict=True)) == {"car": 0, "motorcycle": 2}
    tracker = Tracker()
    looks = [look for i in range(3) for look in tracker.step(START_MS + 100 * i, i, joined)]
    assert {(look.label, look.heads) for look in looks} == {("car", 0), ("motorcycle", 2)}


def test_an_identity_is_in_doubt_when_another_could_have_taken_its_place_and_not_when_alone() -> None:
    alone, two = Tracker(), Tracker()
    single, both = [], []
    for i in range(30):
        x = 100.0 + 6 * i
        single += alone.step(START_MS + 100 * i, i, boxes((x, 100, "motorcycle")))
        # The second comes so near that boxes of both could be either's.
        pair = boxes((x, 100, "motorcycle"), (x + max(4.0, 80.0 - 6 * i), 101, "motorcycle"))
        both += two.step(START_MS + 100 * i, i, pair)
    assert {look.sure_since_ms for look in single} == {START_MS}
    assert max(look.sure_since_ms for look in both) > START_MS + 1000


def test_one_that_a_bus_hides_for_three_seconds_keeps_its_number() -> None:
    tracker, ids = Tracker(), set()
    bus = [60.0, 20.0, 260.0, 160.0]
    for i in range(60):
        rider = [140.0, 80.0, 170.0, 130.0]
        is_hidden = 10 <= i < 40
        shown = [bus] if is_hidden else [rider] if i < 10 else [rider, [b + 400.0 for b in bus]]
        labels = ["bus"] if is_hidden else ["motorcycle", "bus"][: len(shown)]
        looks = tracker.step(START_MS + 100 * i, i, empty_or(shown, [0.9] * len(shown), labels))
        ids |= {look.track_id for look in looks if look.label == "motorcycle"}
    assert len(ids) == 1


def test_a_part_of_a_tracked_two_wheeler_is_no_road_user_of_its_own() -> None:
    whole, body = [100.0, 100.0, 130.0, 160.0], [102.0, 125.0, 128.0, 160.0]
    tracker, ids = Tracker(), set()
    for i in range(20):
        found = [whole] if i < 5 else [whole, body]
        looks = tracker.step(
            START_MS + 100 * i, i, empty_or(found, [0.9, 0.6][: len(found)], ["motorcycle"] * len(found))
        )
        ids |= {look.track_id for look in looks}
    assert ids == {1}


def test_what_is_remembered_does_not_grow_with_the_road_users_gone_by() -> None:
    tracker = Tracker()
    rng = np.random.default_rng(1)
    sizes = []
    for i in range(3000):
        places = [(float(x), float(y), "motorcycle") for x, y in rng.uniform(0, 1000, (4, 2))]
        tracker.step(START_MS + 100 * i, i, boxes(*places))
        sizes.append(len(tracker._book) + len(tracker._held))
    assert max(sizes[1500:]) <= max(sizes[:1500]) + 10


def test_two_motorcycles_close_together_are_given_a_driver_each() -> None:
    # The left driver leans over: nearer to the right motorcycle's middle than to its own.
    found = empty_or(
        [[100, 100, 140, 160], [130, 100, 170, 160], [125, 80, 149, 140], [135, 80, 165, 140]],
        [0.9, 0.9, 0.9, 0.9],
        ["motorcycle", "motorcycle", "person", "person"],
    )
    assert join_riders(found).heads == (1, 1)


def test_two_that_ride_together_go_on_to_do_so_though_the_neighbours_rider_would_sit_better() -> None:
    # The rider of the left motorcycle leans to the right, and its neighbour's rider is not found in this frame.
    wheels, rider = [[100.0, 120.0, 130.0, 160.0], [128.0, 121.0, 158.0, 161.0]], [118.0, 100.0, 142.0, 148.0]
    found = empty_or([*wheels, rider], [0.9, 0.8, 0.7], ["motorcycle", "motorcycle", "person"])
    due = np.array([[100.0, 100.0, 142.0, 160.0], [128.0, 101.0, 165.0, 161.0]])
    assert join_riders(found).heads == (0, 1)
    assert join_riders(found, due).heads == (1, 0)


def two_of_a_queue(wheels_of_left: bool, wheels_of_right: bool) -> Detections:
    """Return a motorcycle with its rider and a neighbour behind, beside it; the wheels of one may not be found."""
    wheels = [box for box, is_found in zip(QUEUE_WHEELS, (wheels_of_left, wheels_of_right), strict=True) if is_found]
    return empty_or([*wheels, *QUEUE_RIDERS], [0.9] * (len(wheels) + 2), ["motorcycle"] * len(wheels) + ["person"] * 2)


QUEUE_WHEELS = [[100.0, 130.0, 132.0, 180.0], [118.0, 108.0, 150.0, 156.0]]
QUEUE_RIDERS = [[102.0, 100.0, 130.0, 160.0], [120.0, 86.0, 148.0, 138.0]]


def test_a_driver_whose_wheels_are_not_found_does_not_go_to_the_neighbours() -> None:
    both, one = two_of_a_queue(True, True), two_of_a_queue(True, False)
    due = join_riders(both).boxes.astype(np.float64)
    assert join_riders(one).labels == ("motorcycle",)
    assert sorted(join_riders(one, due).labels) == ["motorcycle", "person"]


def test_a_rider_alone_and_wheels_alone_are_looks_at_the_one_they_are_of() -> None:
    tracker, numbers = Tracker(), []
    shown = [(True, True)] * 8 + [(True, False), (True, True), (False, True), (True, True)]
    for i, found in enumerate(shown):
        time_ms = START_MS + 40 * i
        joined = join_riders(two_of_a_queue(*found), tracker.two_wheelers_due(time_ms))
        looks = tracker.step(time_ms, i, joined)
        # The left one is the nearer: its boxes end lower or begin farther left.
        numbers.append([look.track_id for look in sorted(looks, key=lambda look: look.box[0]) if look.frame == i])
    assert numbers[7:] == [numbers[7]] * 5
    assert len(numbers[7]) == 2


def test_a_foot_that_a_bus_covers_is_told_and_the_track_stays_where_it_stood() -> None:
    standing, bus = [100.0, 100.0, 130.0, 180.0], [80.0, 140.0, 200.0, 300.0]
    alone = empty_or([standing], [0.9], ["motorcycle"])
    covered = empty_or([bus, [100.0, 100.0, 130.0, 150.0]], [0.9, 0.9], ["bus", "motorcycle"])
    tracker, hidden = Tracker(), []
    for i, found in enumerate([alone] * 10 + [covered] * 10 + [alone]):
        looks = tracker.step(START_MS + 100 * i, i, found)
        hidden.append([look.foot_hidden for look in looks if look.label == "motorcycle" and look.frame == i])
    assert hidden[9] == [False]
    assert [hidden[i] for i in range(10, 20)] == [[True]] * 10
    assert hidden[20] == [False]


def test_a_rider_seen_without_the_motorcycle_below_has_a_hidden_foot() -> None:
    whole = empty_or([[100.0, 100.0, 130.0, 180.0]], [0.9], ["motorcycle"])
    rider = empty_or([[100.0, 100.0, 130.0, 150.0]], [0.9], ["person"])
    tracker = Tracker()
    for i, found in enumerate([whole] * 10 + [rider]):
        looks = tracker.step(START_MS + 100 * i, i, found)
    assert [look.foot_hidden for look in looks] == [True]


def test_a_rider_of_the_one_behind_does_not_ride_along_with_the_one_in_front() -> None:
    # The wheels of the one behind, up in the picture, are not found in this frame.
    wheels, driver, behind = [100.0, 130.0, 132.0, 180.0], [104.0, 110.0, 128.0, 160.0], [104.0, 90.0, 128.0, 140.0]
    passenger = [105.0, 102.0, 127.0, 150.0]
    labels = ["motorcycle", "person", "person"]
    assert join_riders(empty_or([wheels, driver, behind], [0.9] * 3, labels)).heads == (1, 0)
    assert join_riders(empty_or([wheels, driver, passenger], [0.9] * 3, labels)).heads == (2,)


def test_of_two_riders_that_were_found_before_their_motorcycle_none_keeps_a_number_of_its_own() -> None:
    driver, passenger = [104.0, 100.0, 128.0, 156.0], [112.0, 97.0, 134.0, 152.0]
    wheels = [102.0, 130.0, 134.0, 180.0]
    alone = empty_or([driver, passenger], [0.9] * 2, ["person"] * 2)
    whole = empty_or([driver, passenger, wheels], [0.9] * 3, ["person", "person", "motorcycle"])
    one = empty_or([passenger], [0.9], ["person"])
    tracker, numbers = Tracker(), []
    for i, found in enumerate([alone] * 10 + [whole] * 30 + [one, whole, one]):
        time_ms = START_MS + 40 * i
        looks = tracker.step(time_ms, i, join_riders(found, tracker.two_wheelers_due(time_ms)))
        numbers.append([look.track_id for look in looks if look.frame == i])
    assert len(numbers[9]) == 2
    assert numbers[40:] == [numbers[39]] * 3


def test_a_rider_whose_wheels_a_car_covers_from_one_frame_to_the_next_keeps_its_number() -> None:
    tracker, numbers = Tracker(), set()
    for i in range(40):
        time_ms, x, foot = START_MS + 40 * i, 300.0 - 0.8 * i, 400.0 - 2.0 * i
        ends = foot if i < 20 else foot - 37  # somebody nearer begins there
        made = [[x - 13, foot - 42, x + 13, ends], [x - 12, foot - 62, x + 12, min(foot - 12, ends)]]
        labels = ["motorcycle", "person"]
        if i >= 20:
            made, labels = [*made, [x - 50, ends - 3, x + 30, ends + 110]], [*labels, "car"]
        found = empty_or(made, [0.8] * len(made), labels)
        for look in tracker.step(time_ms, i, join_riders(found, tracker.two_wheelers_due(time_ms))):
            if look.label == "motorcycle":
                numbers.add(look.track_id)
    assert numbers == {1}


def test_riders_join_the_strip_that_is_seen_of_their_motorcycle_behind_somebody_nearer() -> None:
    strip, riders = [103.0, 126.0, 143.0, 144.0], [[112.0, 114.0, 134.0, 158.0], [115.0, 118.0, 137.0, 163.0]]
    labels = ["motorcycle", "person", "person"]
    assert join_riders(empty_or([strip, *riders], [0.7] * 3, labels)).heads == (2,)
    # Whose head is at the height of the strip stands before it.
    before = [[x, y + 30.0, right, foot + 30.0] for x, y, right, foot in riders]
    assert join_riders(empty_or([strip, *before], [0.7] * 3, labels)).heads == (0, 0, 0)


def test_one_behind_that_was_given_a_rider_of_the_one_in_front_is_not_given_it_again() -> None:
    # The one behind is found no more, and the wheels in front are missed now and then: first with both riders found.
    front, behind, rider = [733.0, 340.0, 770.0, 414.0], [728.0, 317.0, 756.0, 384.0], [736.0, 341.0, 762.0, 391.0]
    both = empty_or([front, behind], [0.9] * 2, ["motorcycle", "bicycle"])
    whole, alone = empty_or([front], [0.9], ["motorcycle"]), empty_or([rider], [0.9], ["person"])
    riders = empty_or([rider, rider], [0.9] * 2, ["person"] * 2)
    steps = [both] * 30 + [whole] * 20 + [riders] + ([whole] * 8 + [alone]) * 6
    steps = [replace(found, heads=tuple(int(label != "person") for label in found.labels)) for found in steps]
    numbers = run(Tracker(), steps, gap_ms=40)
    assert [numbers[i] for i in range(59, len(steps), 9)] == [numbers[40]] * 6


def test_the_second_rider_of_one_is_no_look_at_the_neighbour() -> None:
    cost = np.array([[-50.0, -45.0], [FAR, -8.0]])
    rows = columns = np.arange(2)
    assert are_others(cost, rows, columns, np.array([True, True])).tolist() == [False, True]
    assert are_others(cost, rows, columns, np.array([False, True])).tolist() == [False, False]
    cost[1, 1] = -30.0
    assert not are_others(cost, rows, columns, np.array([True, True])).any()
