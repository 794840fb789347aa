"""Why nothing is heard: one alert of a whole feed instead of hundreds of its buses."""

from collections.abc import Iterable

import msgspec

from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text

FEED_SILENT_MS = 150_000
# A bus that was heard within this before its feed's last word was part of the feed when it fell silent.
LIVE_BEFORE_MS = 300_000
LEAST_BUSES = 5


class SilentFeeds:
    """Notices feeds that fall silent as a whole."""

    def __init__(self) -> None:
        self._open: dict[str, FleetAlert] = {}

    def look(self, vehicles: Iterable[Vehicle], now_ms: int) -> tuple[list[FleetAlert], frozenset[str]]:
        """Return the alerts that began or ended, and the sources that are silent now.

        Parameters
        ----------
        vehicles : iterable of Vehicle
            All that are followed.
        now_ms : int
            The city's time.

        Returns
        -------
        tuple of list of FleetAlert and frozenset of str
            A source with fewer than five buses is never silent as a whole: its buses are.
        """
        newest: dict[str, int] = {}
        heard: dict[str, list[int]] = {}
        for vehicle in vehicles:
            if vehicle.last is not None:
                heard.setdefault(vehicle.last.source, []).append(vehicle.last.time_ms)
        for source, times in heard.items():
            newest[source] = max(times)
        silent = {
            source
            for source, last_ms in newest.items()
            if now_ms - last_ms > FEED_SILENT_MS
            and sum(last_ms - time_ms <= LIVE_BEFORE_MS for time_ms in heard[source]) >= LEAST_BUSES
        }
        out = [self._begin(source, newest[source], now_ms) for source in sorted(silent - self._open.keys())]
        for source in sorted(self._open.keys() - silent):
            ended = self._open.pop(source)
            # Later than its begin even where the clock was set back between them: the later word counts everywhere.
            end_ms = max(now_ms, ended.updated_ms + 1)
            out.append(msgspec.structs.replace(ended, updated_ms=end_ms, ended_ms=end_ms))
        return out, frozenset(silent)

    def _begin(self, source: str, last_ms: int, now_ms: int) -> FleetAlert:
        self._open[source] = FleetAlert(
            alert_id=f"silent_feed/{source}/{last_ms}",
            kind=AlertKind.SILENT_FEED,
            started_ms=last_ms,
            updated_ms=now_ms,
            text=Text(
                vi=f"Nguồn {source} im lặng: mọi xe của nguồn này không còn vị trí mới",
                en=f"Feed {source} is silent: none of its buses has a new place",
            ),
        )
        return self._open[source]
