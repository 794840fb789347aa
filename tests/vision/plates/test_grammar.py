import pytest

from vision.plates.grammar import is_plate


@pytest.mark.parametrize(
    "text",
    ["30F81553", "59U116124", "29AA12345", "29V52108", "51A12345", "30K5678", "29LD12345", "80123NG45", "80A12345"],
)
def test_plates_of_every_kind_are_known(text: str) -> None:
    assert is_plate(text)


@pytest.mark.parametrize("text", ["", "C00D", "30J12345", "1A12345", "30A123", "30A1234567", "10A12345", "13A12345"])
def test_what_the_law_never_gave_out_is_no_plate(text: str) -> None:
    assert not is_plate(text)
