"""What processes say: one tidy line an event, or one JSON object for machines."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from services.settings import LogSettings

QUIET = ("kafka", "alembic", "httpx", "httpcore", "asyncio", "uvicorn", "uvicorn.access", "uvicorn.error", "numba")
# A broker that is away makes its client say so a dozen times a second; once in a while is enough.
TALKATIVE = "kafka"
TALKATIVE_EVERY_S = 10.0
Event = MutableMapping[str, Any]


class Sparse(logging.Filter):
    """Lets one record of the talkative library through every ten seconds, saying how many it kept back."""

    def __init__(self) -> None:
        super().__init__()
        self._next_s = 0.0
        self._kept_back = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written."""
        if record.name.partition(".")[0] != TALKATIVE:
            return True
        if record.created < self._next_s:
            self._kept_back += 1
            return False
        more = f" ({self._kept_back} more of its lines kept back)" if self._kept_back else ""
        record.msg, record.args, record.exc_info = f"{TALKATIVE}: {record.getMessage()}{more}", (), None
        self._next_s, self._kept_back = record.created + TALKATIVE_EVERY_S, 0
        return True


def set_up_logs(log: LogSettings, service: str, out: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers to one stream in one format.

    Parameters
    ----------
    log : LogSettings
        Level, and whether machines read.
    service : str
        Name of the process; stands in each JSON line.
    out : TextIO, optional
        Where to write; standard output by default.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if log.json_lines else "%H:%M:%S", utc=log.json_lines),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(out or sys.stdout)
    handler.addFilter(Sparse())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(
                    [_named(service), structlog.processors.JSONRenderer(ensure_ascii=False)]
                    if log.json_lines
                    else [tidy_line]
                ),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log.level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def tidy_line(logger: object, method: str, event: Event) -> str:
    """Write one event as ``12:00:00 warning what happened  name=value``.

    Parameters
    ----------
    logger : object
        Not used; structlog hands it over.
    method : str
        Not used.
    event : mapping
        The event's own values.

    Returns
    -------
    str
        One line, followed by the traceback if there is one.
    """
    del logger, method
    head = f"{event.pop('timestamp', '')} {event.pop('level', 'info'):<7} {event.pop('event', '')}"
    trace = event.pop("exception", None)
    pairs = " ".join(f"{name}={_plain(value)}" for name, value in event.items() if not name.startswith("_"))
    line = f"{head}  {pairs}" if pairs else head
    return f"{line}\n{trace}" if trace else line


def _plain(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return repr(text) if " " in text or not text else text


def _named(service: str) -> Any:
    def add(logger: object, method: str, event: Event) -> Event:
        del logger, method
        event["service"] = service
        return event

    return add
