"""`python -m services.run.prepare`: database and topics made ready, in a process that then gives its memory back."""

import sys

import msgspec

from schemas.message import Message
from schemas.topics import TOPICS
from services.settings import Settings

# Exit code where log or database do not answer: it may be asked again.
AWAY = 3


class Prepared(Message, frozen=True):
    """What was made ready; ``setup_code`` lets the first admin in, ``None`` once there is one."""

    store: str
    setup_code: str | None = None


def prepare(settings: Settings, *, with_code: bool) -> Prepared:
    """Bring the database to the newest schema and make every topic.

    Parameters
    ----------
    settings : Settings
        Where log and store are.
    with_code : bool
        Make a new code for the first admin where there is no account yet.

    Returns
    -------
    Prepared
        What to tell on the console.
    """
    from services.auth import setup_code
    from services.store.engine import open_store
    from services.stream import open_stream

    with open_store(settings.place.database_url) as store:
        store.migrate()
        code = setup_code(store) if with_code else None
        name = store.name
    with open_stream(settings.place.stream_url) as stream:
        stream.ensure_topics(TOPICS.values())
    return Prepared(store=name, setup_code=code)


def main() -> int:
    """Prepare, and write the outcome as JSON; what went wrong as one line for people."""
    from services.logs import set_up_logs
    from services.store.errors import StoreUnavailableError
    from services.stream.errors import StreamError

    try:
        settings = Settings()
        set_up_logs(settings.log, "prepare", sys.stderr)
        done = prepare(settings, with_code="--with-code" in sys.argv)
    except (StoreUnavailableError, StreamError) as error:
        sys.stderr.write(f"{error}\n")
        return AWAY
    except Exception as error:  # noqa: BLE001 - the supervisor shows this one line
        sys.stderr.write(f"{error or type(error).__name__}\n")
        return 1
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
