"""Health of the sources, and alerts about buses and trips."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from schemas.feed import FeedHealth
from schemas.fleet_alert import FleetAlert
from services.store.bulk import write_rows
from services.store.models import FeedHealthRow, FleetAlertRow


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def record_feed_health(session: Session, healths: Sequence[FeedHealth]) -> None:
    """Keep the scores of sources; the same again changes nothing."""
    rows = [
        {
            **msgspec.structs.asdict(health),
            **msgspec.structs.asdict(health.quality),
            "verdicts": _json(health.verdicts),
            "worst": None if health.worst is None else _json(health.worst),
        }
        for health in healths
    ]
    write_rows(session, FeedHealthRow, rows)


def record_fleet_alerts(session: Session, alerts: Sequence[FleetAlert]) -> None:
    """Keep the newest state of each alert, in whatever order they come."""
    rows = [{**msgspec.structs.asdict(alert), "kind": alert.kind.value, "text": _json(alert.text)} for alert in alerts]
    write_rows(session, FleetAlertRow, rows, newest="updated_ms")
