"""Byte ranges of bytes that lie in memory, so that a video can be sought in."""

import re
from http import HTTPStatus

from fastapi import Request, Response

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def ranged(request: Request, data: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """Return the part of some bytes that was asked for.

    Parameters
    ----------
    request : Request
        May carry one ``Range``; several at once are answered with the whole.
    data : bytes
        The whole.
    media_type : str
        What it is.
    headers : dict
        More headers.

    Returns
    -------
    Response
        200 with the whole, 206 with the part, or 416.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    match = _ONE_RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or match.groups() == ("", ""):
        return Response(data, HTTPStatus.OK, headers, media_type)
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) if last else len(data) - 1, len(data) - 1)
    else:
        start, end = max(0, len(data) - int(last)), len(data) - 1
    if start >= len(data) or start > end:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return Response(b"", HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers, media_type)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], HTTPStatus.PARTIAL_CONTENT, headers, media_type)
