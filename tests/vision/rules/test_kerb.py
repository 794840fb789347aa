"""Forty minutes of a kerb lane: cycles, jams, boxes that shake, vanish and come back under another number."""

from tests.vision.rules.kerb import watch


def test_of_queues_and_jams_nothing_is_claimed_and_who_stops_at_the_kerb_is_found() -> None:
    street, found = watch(12, 0.67)
    assert [(car, finding.measured) for car, finding in found if car is None or not car.until_s] == []
    hit = {car.number for car, _ in found if car is not None}
    wanted = {number for number, car in street.parked.items() if car.until_s < street.time_s}
    assert len(wanted) >= 3
    assert wanted <= hit
    assert len(found) == len(hit), "each once"
