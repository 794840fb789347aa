"""Files that lie on disk, with their tag."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse


def file_answer(
    request: Request, path: Path, media_type: str | None, cache: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a file, or only word that the asker holds it already.

    Parameters
    ----------
    request : Request
        Its ``If-None-Match`` and ``Range`` are read.
    path : Path
        The file.
    media_type : str or None
        What it is; ``None`` tells it from the name.
    cache : str
        ``Cache-Control`` of the response.
    headers : mapping of str to str, optional
        More headers; an ``ETag`` among them counts instead of the file's date and size.

    Returns
    -------
    Response
        200, 206 or 304.
    """
    more = {"Cache-Control": cache, **(headers or {})}
    response = FileResponse(path, media_type=media_type, stat_result=path.stat(), headers=more)
    tag = response.headers["etag"]
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if "range" not in request.headers and tag in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**more, "ETag": tag})
    return response
