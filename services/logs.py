"""What processes say: one tidy line an event, or one JSON object for machines."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from services.settings import LogSettings

QUIET = ("kafka", "alembic", "httpx", "httpcore", "asyncio", "uvicorn", "uvicorn.access", "uvicorn.error", "numba")
# Complains of each tenth of a second another thread had the processor.
SILENT = ("kafka.net.selector",)
OBJECT = re.compile(r"<\w+ ?([^<>]*)>")
# A broker that is away makes its client say so a dozen times a second; once in a while is enough.
TALKATIVE = "kafka"
TALKATIVE_EVERY_S = 10.0
# Between a service's name and its line; no text holds it.
MARK = "\x1f"
LONGEST_VALUE = 500
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
        said = OBJECT.sub(r"\1", record.getMessage().replace("<-", " from "))
        record.msg, record.args, record.exc_info = f"{TALKATIVE}: {said}{more}", (), None
        self._next_s, self._kept_back = record.created + TALKATIVE_EVERY_S, 0
        return True


def set_up_logs(log: LogSettings, service: str, out: TextIO | None = None, *, marked: bool = False) -> None:
    """Send structlog and the standard library's loggers to one stream in one format.

    Parameters
    ----------
    log : LogSettings
        Level, and whether machines read.
    service : str
        Name of the process; a thread that bound ``service`` to its context speaks in that name.
    out : TextIO, optional
        Where to write; standard output by default.
    marked : bool
        Begin each line of a thread that bound its service with that name and `MARK`: the supervisor reads several
        services from one pipe.
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
                _renderer(service, as_json=log.json_lines, marked=marked),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log.level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.ERROR)
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


def _renderer(service: str, *, as_json: bool, marked: bool) -> Any:
    to_json = structlog.processors.JSONRenderer(ensure_ascii=False)

    def render(logger: object, method: str, event: Event) -> str:
        bound = event.pop("service", None)
        speaker = str(bound or service)
        if as_json:
            event["service"] = speaker
            first, *trace = [str(to_json(logger, method, event))]
        else:
            first, *trace = tidy_lines(event)
        start = f"{speaker}{MARK}" if marked and bound else ""
        # Two marks: for the file alone.
        return "\n".join([f"{start}{first}", *(f"{start}{MARK if start else ''}{line}" for line in trace)])

    return render


def tidy_lines(event: Event) -> list[str]:
    """Write one event as ``12:00:00 warning what happened  name=value``.

    Parameters
    ----------
    event : mapping
        The event's own values.

    Returns
    -------
    list of str
        One line that says all, then those of the traceback if there is one.
    """
    head = f"{event.pop('timestamp', '')} {event.pop('level', 'info'):<7} {event.pop('event', '')}"
    trace = str(event.pop("exception", None) or "").splitlines()
    fault = [line for line in trace if line and not line.startswith((" ", "Traceback"))]
    if fault:
        head += f": {fault[-1]}"
    pairs = " ".join(f"{name}={plain(value)}" for name, value in event.items() if not name.startswith("_"))
    return [f"{head}  {pairs}" if pairs else head, *trace]


def plain(value: object) -> str:
    """Write a value as people do, not as Python does.

    Parameters
    ----------
    value : object
        Any.

    Returns
    -------
    str
        For instance ``yes``, ``-``, ``3.142``, ``a,b`` or ``"two words"``.
    """
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return _cut(",".join(f"{plain(key)}:{plain(item)}" for key, item in value.items()) or "-")
    if isinstance(value, (list, tuple, set, frozenset)):
        return _cut(",".join(plain(item) for item in value) or "-")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = _cut(text.replace("\n", " "))
    return f'"{text}"' if " " in text or not text else text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
