"""JSON as it comes from outside: every way to be unreadable is one error."""

from typing import Any

import msgspec


class JsonError(Exception):
    """Bytes that are no JSON; the text says why."""


def read_json(data: bytes, *, lines: bool = False) -> Any:
    """Read a JSON value.

    Parameters
    ----------
    data : bytes
        UTF-8.
    lines : bool
        Whether one value a line is taken too, as a list.

    Returns
    -------
    object
        What it holds.

    Raises
    ------
    JsonError
        If it is cut off, no JSON, no UTF-8, or nested too deeply.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if lines:
            try:
                return msgspec.json.Decoder().decode_lines(data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass
        raise JsonError(f"not JSON: {error}") from None
