"""Calls at stops that are told again, and those that are taken back."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from schemas.stop_event import StopEvent
from services.store.arrivals import record_stop_events
from services.store.bulk import COPY_FROM_ROWS
from services.store.engine import open_store
from services.store.models import StopEventRow

CALL = StopEvent(
    vehicle_id="b", trip_id="T", start_date="20251123", route_id="R", stop_id="S", stop_sequence=4, arrival_ms=1000_000
)
LEFT = msgspec.structs.replace(CALL, departure_ms=1030_000)
BACK = msgspec.structs.replace(LEFT, withdrawn=True)


def kept(tmp_path: Path, *batches: list[StopEvent]) -> list[tuple[int, int, int | None]]:
    tmp_path.mkdir()
    with open_store(f"sqlite:///{tmp_path}/store.sqlite") as store:
        store.migrate()
        for batch in batches:
            with store.transaction() as session:
                record_stop_events(session, batch)
        with store.reading() as session:
            rows = session.scalars(select(StopEventRow).order_by(StopEventRow.stop_sequence)).all()
            return [(row.stop_sequence, row.arrival_ms, row.departure_ms) for row in rows]


def test_a_withdrawn_call_goes_and_one_told_after_it_stays_in_one_batch_or_several(tmp_path: Path) -> None:
    earlier = msgspec.structs.replace(CALL, arrival_ms=900_000, departure_ms=910_000)
    other = msgspec.structs.replace(CALL, stop_sequence=5)
    assert kept(tmp_path / "gone", [CALL, other], [LEFT], [BACK]) == [(5, 1000_000, None)]
    for number, batches in enumerate(([[CALL, LEFT, BACK, earlier]], [[CALL, LEFT], [BACK, earlier]])):
        assert kept(tmp_path / str(number), *batches) == [(4, 900_000, 910_000)]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
@pytest.mark.parametrize("calls", [1, 2 * COPY_FROM_ROWS])
def test_whether_a_bus_stood_and_how_sure_its_arrival_is_are_kept_with_its_departure(
    kind: str, calls: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("new_postgis_url")() if kind == "postgis" else None
    told = msgspec.structs.replace(LEFT, stopped=False, error_s=4.5)
    with open_store(url or f"sqlite:///{tmp_path}/store.sqlite") as store:
        store.migrate()
        for event in (CALL, told):
            with store.transaction() as session:
                record_stop_events(
                    session, [msgspec.structs.replace(event, stop_sequence=number) for number in range(calls)]
                )
        with store.reading() as session:
            rows = session.scalars(select(StopEventRow)).all()
            assert [(row.stopped, row.error_s) for row in rows] == [(False, 4.5)] * calls


def test_a_bus_that_has_not_left_has_no_dwell_yet() -> None:
    assert (CALL.dwell_s, LEFT.dwell_s) == (None, 30.0)
