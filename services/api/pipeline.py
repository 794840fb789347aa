"""The api process: the app behind uvicorn, ended within two seconds of being told so."""

import threading
from collections.abc import Callable

import uvicorn

from services.api.app import create_app
from services.api.protocol import ApiProtocol
from services.city.folder import CityFolder
from services.context import Context
from services.media.store import open_media
from services.store.engine import open_store

GRACE_S = 1


def run(context: Context) -> None:
    """Serve pages and API until ``context.stop`` is set."""
    place = context.settings.place
    with open_store(place.database_url) as store:
        store.migrate()
        app = create_app(context, store, open_media(place.media_url), CityFolder(place.city_dir))
        config = uvicorn.Config(
            app,
            host=context.settings.api.host,
            port=context.settings.api.port,
            http=ApiProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=15,
        )
        server = uvicorn.Server(config)
        watcher = threading.Thread(target=_watch, args=(context, server, app.state.api.hub.close), daemon=True)
        watcher.start()
        server.run()
        context.stop.set()
        watcher.join(1.0)
        if app.state.api.failed.is_set():
            raise RuntimeError("a thread of the api died; the log says why")


def _watch(context: Context, server: uvicorn.Server, close: Callable[[], None]) -> None:
    context.stop.wait()
    close()
    server.should_exit = True
