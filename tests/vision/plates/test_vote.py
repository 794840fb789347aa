import numpy as np

from tests.vision.builders import picture
from vision.plates.looks import PlateLook, signs_of
from vision.plates.slots import PLACES, SIGNS, place_signs
from vision.plates.vote import vote


def chances_of(text: str, each: tuple[float, ...]) -> np.ndarray:
    head = 3 if text[3:].isdigit() and len(text) == 8 else 4
    places, sure = place_signs(text[:head], text[head:]), iter(each)
    table = np.full((PLACES, len(SIGNS)), 0.0, np.float32)
    for place, sign in enumerate(places):
        chance = next(sure) if sign != " " else 0.99
        table[place] = (1 - chance) / (len(SIGNS) - 1)
        table[place, SIGNS.index(sign)] = chance
    return table


def one(text: str | None, confidence: float, *, each: tuple[float, ...] = (), upper: int = 0) -> PlateLook:
    chances = chances_of(text, each or (confidence,) * len(text)) if text else None
    return PlateLook((0.0, 0.0, 60.0, 40.0), text, confidence, picture(), "white", each, upper, chances)


def test_one_look_names_no_plate_however_sure_it_is() -> None:
    reading, _ = vote([one("30F81553", 0.99)])
    assert (reading.text, reading.doubt, reading.partial) == (None, "few_looks", "????????")


def test_three_sure_looks_that_agree_name_it_and_two_or_unsure_ones_do_not() -> None:
    reading, crop = vote([one("30F81553", 0.999)] * 3)
    assert (reading.text, reading.looks, reading.colour) == ("30F81553", 3, "white")
    assert crop is not None
    assert vote([one("30F81553", 0.999)] * 2)[0].text is None
    assert vote([one("30F81553", 0.3)] * 5)[0].text is None


def test_only_the_sign_that_looks_dispute_is_left_open() -> None:
    reading, _ = vote([one("30F81553", 0.99)] * 3 + [one("30F81558", 0.99)] * 3)
    assert (reading.text, reading.partial, reading.doubt) == (None, "30F8155?", "signs")


def test_a_sign_that_each_look_saw_badly_is_left_open_though_all_agree() -> None:
    weak = (0.999, 0.999, 0.999, 0.999, 0.3, 0.999, 0.999, 0.999)
    reading, _ = vote([one("30F81553", 0.999, each=weak)] * 3)
    assert (reading.text, reading.partial) == (None, "30F8?553")
    assert reading.signs[4] < 0.9 < reading.signs[0]


def test_five_smeared_looks_that_take_one_letter_for_its_neighbour_name_neither() -> None:
    def look(letter: float, neighbour: float) -> PlateLook:
        chances = chances_of("90B47317", (0.999, 0.999, letter, *(0.999,) * 5))
        chances[2, SIGNS.index("S")] = neighbour
        return PlateLook((0.0, 0.0, 60.0, 40.0), "90B47317", letter, picture(), "white", chances=chances)

    reading, _ = vote([look(0.9, 0.04)] * 5)
    assert (reading.text, reading.partial, reading.doubt) == (None, "90?47317", "signs")
    assert vote([look(0.98, 0.004)] * 5)[0].text == "90B47317"


def test_looks_that_are_each_unsure_of_another_sign_make_a_plate_together() -> None:
    def look(unsure: int) -> PlateLook:
        chances = np.full((PLACES, len(SIGNS)), 0.001, np.float32)
        for place, sign in enumerate("30F 81553"):
            chances[place, SIGNS.index(sign)] = 0.97
        chances[unsure, SIGNS.index("8")], chances[unsure, SIGNS.index("30F 81553"[unsure])] = 0.45, 0.55
        signs = signs_of(chances, two_lines=False)
        return PlateLook(
            (0.0, 0.0, 60.0, 40.0), signs.text, signs.confidence, picture(), "white", signs.each, 0, chances
        )

    reading, _ = vote([look(place) for place in (0, 1, 5, 7, 8)])
    assert (reading.text, reading.looks) == ("30F81553", 5)
    assert reading.confidence > 0.97


def test_a_plate_that_no_look_read_whole_is_not_put_together() -> None:
    looks = [one("30F81558", 0.999), one("30F81663", 0.999), one("30A81553", 0.999)]
    assert vote(looks)[0].text is None


def test_a_motorcycles_plate_on_a_car_is_in_doubt() -> None:
    bike = [one("29B125662", 0.999, upper=4)] * 3
    assert vote(bike, "motorcycle")[0].text == "29B125662"
    reading, _ = vote(bike, "car")
    assert (reading.text, reading.doubt, reading.partial) == (None, "vehicle_type", "29B125662")


def test_a_cars_plate_on_a_motorcycle_is_in_doubt_also_where_its_signs_could_be_an_old_motorcycles() -> None:
    assert vote([one("29V52108", 0.999, upper=4)] * 3, "motorcycle")[0].text == "29V52108"
    assert vote([one("29V52108", 0.999, upper=3)] * 3, "motorcycle")[0].doubt == "vehicle_type"
    assert vote([one("29V52108", 0.999, upper=0)] * 3, "car")[0].text == "29V52108"


def test_no_looks_give_no_plate() -> None:
    assert vote([])[0].text is None
