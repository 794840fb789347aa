"""Ids as SIRI writes them: name tokens, which hold no space, slash or hash."""

import re

_NOT_IN_TOKEN = re.compile(r"[^\w.:·-]")
_UNDERSCORE = re.compile(r"_(?=x[0-9A-F]{4}_)")
_WRITTEN = re.compile(r"_x([0-9A-F]{4})_")
# The XML 1.0 recommendation allows no others of the control characters, whoever wrote them into a feed.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_token(name: str) -> str:
    """Return an id as a name token; what it may not hold becomes ``_xHHHH_``, as .NET and Java write it.

    Parameters
    ----------
    name : str
        Any id of the feed.

    Returns
    -------
    str
        `read_token` gives the id back.
    """
    name = _UNDERSCORE.sub("_x005F_", name)
    return _NOT_IN_TOKEN.sub(lambda found: "".join(f"_x{unit:04X}_" for unit in _units(found[0])), name)


def read_token(token: str) -> str:
    """Return the id that a name token stands for."""
    text = _WRITTEN.sub(lambda found: chr(int(found[1], 16)), token)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean_text(text: str) -> str:
    """Return a text without characters that no XML document may hold."""
    return _NOT_XML.sub("", text).strip()


def _units(character: str) -> list[int]:
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[i : i + 2]) for i in range(0, len(data), 2)]
