"""What a Vietnamese number plate may say (Circular 79/2024, article 37, and older plates still valid)."""

import re

LETTERS = "ABCDEFGHKLMNPSTUVXYZ"  # the twenty letters of series

_CAR = re.compile(rf"^(\d{{2}})([{LETTERS}])(\d{{4,5}})$")
_BIKE = re.compile(rf"^(\d{{2}})([{LETTERS}][{LETTERS}1-9])(\d{{4,5}})$")
_SPECIAL = re.compile(r"^(\d{2})(LD|DA|MD|CD|RM|HC|KT|LB|CT|TD|MK|R)(\d{3,5})$")
_DIPLOMAT = re.compile(r"^(\d{2})(\d{3})(NG|QT|CV|NN)(\d{2})$")
# Province codes that were given out: 11 to 99 without these.
NEVER_GIVEN = frozenset({"13", "42", "44", "45", "46", "87", "91", "96"})


def is_plate(text: str) -> bool:
    """Tell whether signs without dots and dashes can be a plate.

    Parameters
    ----------
    text : str
        For instance ``"30F81553"`` or ``"59U116124"``.

    Returns
    -------
    bool
        Whether one of the forms of the law fits.
    """
    forms = (_CAR, _BIKE, _SPECIAL, _DIPLOMAT)
    if not any(form.match(text) for form in forms):
        return False
    code = text[:2]
    return code == "80" or (int(code) >= 11 and code not in NEVER_GIVEN)


def suits(text: str, upper: int, road_user: str) -> bool:
    """Tell whether a plate can hang on a kind of road user.

    Motorcycles bear two lines of which the upper one has four signs; cars, lorries and buses one line, or two of which
    the upper one has three. Plates of special series may hang on either.

    Parameters
    ----------
    text : str
        Signs that `is_plate`.
    upper : int
        How many stand in the upper of two lines; 0: in one line.
    road_user : str
        What the detector calls it; others than these bear anything.

    Returns
    -------
    bool
        ``False``: the plate belongs to somebody else, or it or the vehicle was taken for another.
    """
    if _SPECIAL.match(text) or _DIPLOMAT.match(text):
        return True
    if road_user == "motorcycle":
        return upper == 4 and _BIKE.match(text) is not None
    if road_user in {"car", "truck", "bus"}:
        return upper in {0, 3} and _CAR.match(text) is not None
    return True
