"""The rain gauges of the city: a table in a file or at an address, looked at again and again beside the estimator."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
import structlog

from routing.network.graph import Floats, RoadNetwork
from routing.rain import Gauges, RainField, parse_gauges, slowing
from routing.rain.table import Bounds, RainTableError
from schemas.rain import RainGauge, RainGauges
from schemas.text import Text
from services.ingest.fetch.http import MIB, FetchError, fetch

MOST_BYTES = 4 * MIB
TIMEOUT_S = 20.0
SAY_EVERY_MS = 60_000
MOST_TOLD = 20
# Gauges around the roads tell of them too.
MARGIN_DEG = 0.3
_log = structlog.get_logger(__name__)


def read_table(source: str, now_s: float) -> bytes:
    """Read a table from a file or an address.

    Parameters
    ----------
    source : str
        A path, or what begins with ``http://`` or ``https://``.
    now_s : float
        Seconds since 1970.

    Returns
    -------
    bytes
        The table as it is.

    Raises
    ------
    RainTableError
        If it cannot be read; the text says why.
    """
    try:
        if urlsplit(source).scheme in ("http", "https"):
            return asyncio.run(_ask(source, now_s))
        path = Path(source)
        if path.stat().st_size > MOST_BYTES:
            raise RainTableError("tệp lớn hơn 4 MiB", f"{path.name} is larger than 4 MiB")
        return path.read_bytes()
    except FetchError as error:
        raise RainTableError(f"không lấy được bảng trạm mưa: {error}", f"the gauges do not answer: {error}") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RainTableError(f"không đọc được tệp: {reason}", f"the file cannot be read: {reason}") from error


async def _ask(url: str, now_s: float) -> bytes:
    async with httpx.AsyncClient(follow_redirects=True) as client:
        answer = await fetch(client, url, {}, timeout_s=TIMEOUT_S, max_bytes=MOST_BYTES, now_s=now_s)
    return answer.body or b""


class RainDesk:
    """What is known of the rain; a table comes in from any thread, all else happens where `look` is called.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    source : str
        As `read_table` takes it; told to others only as its host or its file's name.
    """

    def __init__(self, network: RoadNetwork, source: str) -> None:
        self.source = urlsplit(source).hostname or Path(source).name or "rain"
        self._network, self._field = network, RainField(network)
        self._gauges = Gauges()
        self._bounds: Bounds = (
            float(network.point_lon.min()) - MARGIN_DEG, float(network.point_lat.min()) - MARGIN_DEG,
            float(network.point_lon.max()) + MARGIN_DEG, float(network.point_lat.max()) + MARGIN_DEG,
        )  # fmt: skip
        self._lock = threading.Lock()
        self._come: bytes | RainTableError | None = None
        self._problems: tuple[Text, ...] = ()
        self._said_ms: int | None = None
        self.slowed: Floats | float = 1.0

    def bring(self, table: bytes | RainTableError) -> None:
        """Put down a table, or why there is none; the newest is what counts."""
        with self._lock:
            self._come = table

    def look(self, now_ms: int) -> RainGauges | None:
        """Return how the gauges stand, when something came or a minute is over; ``slowed`` is anew then.

        Parameters
        ----------
        now_ms : int
            The city's time.
        """
        with self._lock:
            come, self._come = self._come, None
        if come is not None:
            self._take(come, now_ms)
        elif self._said_ms is None or abs(now_ms - self._said_ms) < SAY_EVERY_MS:
            return None
        self._said_ms = now_ms
        gauges = self._gauges.now(now_ms)
        fresh = [gauge.reading for gauge in gauges if not gauge.stale]
        share = slowing(self._network, self._field.mm_h(fresh))
        self.slowed = share if (share < 1.0).any() else 1.0
        return RainGauges(
            source=self.source, time_ms=now_ms, problems=self._problems, slowest=round(float(np.min(share)), 3),
            gauges=tuple(
                RainGauge(
                    gauge_id=g.reading.gauge_id, lon=g.reading.lon, lat=g.reading.lat, time_ms=g.reading.time_ms,
                    period_s=g.reading.minutes * 60.0, mm_h=round(g.reading.mm_h, 2), stale=g.stale,
                )
                for g in gauges
            ),
        )  # fmt: skip

    def _take(self, come: bytes | RainTableError, now_ms: int) -> None:
        before = self._problems
        try:
            if isinstance(come, RainTableError):
                raise come
            table = parse_gauges(come, now_ms, self._bounds)
        except RainTableError as error:
            self._problems = (error.text,)
        else:
            self._gauges.take(table.readings)
            self._problems = table.refused[:MOST_TOLD]
        if self._problems and self._problems != before:
            _log.warning("rain gauges", source=self.source, problems=[p.en for p in self._problems[:5]])


def follow(desk: RainDesk, source: str, every_s: float, now_s: Callable[[], float], stop: threading.Event) -> None:
    """Look at the table again and again until told to stop.

    Parameters
    ----------
    desk : RainDesk
        Gets what is read.
    source : str
        As `read_table` takes it.
    every_s : float
        Seconds between two looks.
    now_s : callable
        Seconds since 1970.
    stop : threading.Event
        Ends it.
    """
    while not stop.is_set():
        try:
            desk.bring(read_table(source, now_s()))
        except RainTableError as error:
            desk.bring(error)
        stop.wait(every_s)
