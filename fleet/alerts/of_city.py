"""What is said of the city and holds; who takes the place of another tracker answers for what that one said."""

from collections.abc import Iterable

import msgspec

from fleet.alerts.missing import MissingTrips
from schemas.fleet_alert import AlertKind, FleetAlert


class OfCity:
    """Keeps the open alerts of the city, and ends those of a tracker that is gone.

    A missing trip is taken over: it ends when a bus is seen on it. The others end with the first look of the new one
    unless it says the same; within a minute or two it says what it finds itself.
    """

    def __init__(self) -> None:
        self._open: dict[str, FleetAlert] = {}
        self._left: dict[str, FleetAlert] = {}

    def list_open(self) -> tuple[FleetAlert, ...]:
        """Return what was said and not taken back."""
        return tuple(self._open.values())

    def inherit(self, alerts: Iterable[FleetAlert]) -> None:
        """Take what another tracker has said and not taken back."""
        self._left |= {alert.alert_id: alert for alert in alerts if alert.alert_id not in self._open}

    def settle(self, said: list[FleetAlert], missing: MissingTrips, now_ms: int) -> list[FleetAlert]:
        """Return what was said at a look, and the ends of what was inherited and is not said here."""
        left, self._left = self._left, {}
        out = list(said)
        for alert in left.values():
            if alert.kind in (AlertKind.NOT_COMING, AlertKind.MAY_NOT_RUN) and missing.take_over(alert, now_ms):
                self._open[alert.alert_id] = alert
            elif all(one.alert_id != alert.alert_id for one in said):
                out.append(_end(alert, now_ms))
        for alert in out:
            if alert.ended_ms is None:
                self._open[alert.alert_id] = alert
            else:
                self._open.pop(alert.alert_id, None)
        return out


def _end(alert: FleetAlert, now_ms: int) -> FleetAlert:
    end_ms = max(now_ms, alert.updated_ms + 1)
    detour = None if alert.detour is None else msgspec.structs.replace(alert.detour, updated_ms=end_ms, ended_ms=end_ms)
    return msgspec.structs.replace(alert, updated_ms=end_ms, ended_ms=end_ms, detour=detour)
