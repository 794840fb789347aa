"""The built pages, the base map, liveness and figures."""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from services.api import metrics
from services.api.files import file_answer
from services.api.problems import absent
from services.api.roles import methods_at
from services.api.state import State

router = APIRouter(tags=["pages"])
DIST = Path(__file__).parents[2] / "web" / "dist"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
A_WHILE = "public, max-age=300"
NOT_PAGES = ("api/", "gtfs-rt/", "gtfs/", "siri/", "map/", "assets/")
NOT_BUILT = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Chưa có trang</title>
<h1>Trang chưa được dựng · The pages are not built yet</h1>
<p>Chạy <code>make web</code> rồi tải lại trang. · Run <code>make web</code> and load this page again.</p>
<p>API: <a href="/api/city">/api/city</a></p></html>"""


@router.get("/healthz")
def healthz(state: State) -> dict[str, str]:
    """Return whether this process can answer: it reads its store."""
    with state.store.reading():
        return {"status": "ok"}


@router.get("/metrics", response_class=Response)
def read_metrics(state: State) -> Response:
    """Return figures as Prometheus text."""
    metrics.CLIENTS.set(len(state.hub.clients))
    with state.live.reading() as live:
        metrics.VEHICLES.set(len(live.vehicles))
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/map/city.pmtiles", response_class=FileResponse)
def read_map(state: State, request: Request) -> Response:
    """Return the base map; read by byte ranges."""
    path = state.city.pmtiles
    if path is None:
        raise absent("This city has no base map; import one with `hanoi city import --roads`.")
    return file_answer(request, path, "application/vnd.pmtiles", A_WHILE)


@router.get("/{path:path}", response_class=HTMLResponse, include_in_schema=False)
def read_page(request: Request, path: str) -> Response:
    """Return a file of the built pages, the shell for every address of a page."""
    known = methods_at(f"/{path}")
    if known and request.method not in known:
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
    if path.startswith(NOT_PAGES) and not path.startswith("assets/"):
        raise absent("There is nothing at this address.")
    dist: Path = request.app.state.dist
    wanted = (dist / path).resolve()
    if path and wanted.is_relative_to(dist.resolve()) and wanted.is_file():
        return file_answer(request, wanted, None, IMMUTABLE if path.startswith("assets/") else REVALIDATE)
    if path.startswith("assets/"):
        raise absent("There is nothing at this address.")
    shell = dist / "index.html"
    if not shell.is_file():
        return HTMLResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, {"Cache-Control": "no-store"})
    return file_answer(request, shell, "text/html; charset=utf-8", REVALIDATE)
