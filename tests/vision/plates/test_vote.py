from tests.vision.builders import picture
from vision.plates.looks import PlateLook
from vision.plates.vote import vote


def one(text: str | None, confidence: float, *, each: tuple[float, ...] = (), upper: int = 0) -> PlateLook:
    return PlateLook((0.0, 0.0, 60.0, 40.0), text, confidence, picture(), "white", each, upper)


def test_one_look_names_no_plate_however_sure_it_is() -> None:
    reading, _ = vote([one("30F81553", 0.99)])
    assert (reading.text, reading.doubt, reading.partial) == (None, "few_looks", "????????")


def test_three_sure_looks_that_agree_name_it_and_two_or_unsure_ones_do_not() -> None:
    reading, crop = vote([one("30F81553", 0.9)] * 3)
    assert (reading.text, reading.looks, reading.colour) == ("30F81553", 3, "white")
    assert crop is not None
    assert vote([one("30F81553", 0.9)] * 2)[0].text is None
    assert vote([one("30F81553", 0.6)] * 5)[0].text is None


def test_only_the_sign_that_looks_dispute_is_left_open() -> None:
    reading, _ = vote([one("30F81553", 0.8)] * 3 + [one("30F81558", 0.8)] * 3)
    assert (reading.text, reading.partial, reading.doubt) == (None, "30F8155?", "signs")


def test_a_sign_that_each_look_saw_badly_is_left_open_though_all_agree() -> None:
    weak = (0.9, 0.9, 0.9, 0.9, 0.46, 0.9, 0.9, 0.9)
    reading, _ = vote([one("30F81553", 0.9, each=weak)] * 3)
    assert (reading.text, reading.partial) == (None, "30F8?553")
    assert reading.signs[4] < 0.5 < reading.signs[0]


def test_a_plate_that_no_look_read_whole_is_not_put_together() -> None:
    looks = [one("30F81558", 0.9), one("30F81663", 0.9), one("30A81553", 0.9)]
    assert vote(looks)[0].text is None


def test_a_motorcycles_plate_on_a_car_is_in_doubt() -> None:
    bike = [one("29B125662", 0.9, upper=4)] * 3
    assert vote(bike, "motorcycle")[0].text == "29B125662"
    reading, _ = vote(bike, "car")
    assert (reading.text, reading.doubt, reading.partial) == (None, "vehicle_type", "29B125662")


def test_a_cars_plate_on_a_motorcycle_is_in_doubt_also_where_its_signs_could_be_an_old_motorcycles() -> None:
    assert vote([one("29V52108", 0.9, upper=4)] * 3, "motorcycle")[0].text == "29V52108"
    assert vote([one("29V52108", 0.9, upper=3)] * 3, "motorcycle")[0].doubt == "vehicle_type"
    assert vote([one("29V52108", 0.9, upper=0)] * 3, "car")[0].text == "29V52108"


def test_no_looks_give_no_plate() -> None:
    assert vote([])[0].text is None
