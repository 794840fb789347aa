"""Partitions are made for days that can be, take over what waited, and are no more than the catalogue bears."""

import datetime as dt

import msgspec
import pytest
import sqlalchemy as sa

from services.store import partitions
from services.store.arrivals import record_stop_events
from services.store.engine import Store, open_store
from services.store.partitions import DAY_MS, SPLITS, date_of, list_partitions, make_ahead
from services.store.positions import list_trail, record_positions
from tests.contract import messages
from tests.contract.messages import NOON_MS

NOON_DAY = NOON_MS // DAY_MS


def test_a_day_has_a_partition_only_if_it_can_be() -> None:
    split = SPLITS["bus_position"]
    assert split.start_day(NOON_MS) == NOON_DAY
    assert split.start_day(1000) is None
    assert split.start_day(NOON_MS + 40_000 * DAY_MS) is None
    assert SPLITS["stop_event"].start_day("not-a-date") is None
    month = SPLITS["stop_event"].start_day(f"{date_of(NOON_DAY):%Y%m%d}")
    assert month is not None
    assert 0 <= NOON_DAY - month < 30


@pytest.mark.postgis
def test_a_day_that_comes_takes_over_the_rows_that_waited(
    migrated_postgis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(migrated_postgis_url) as store:
        monkeypatch.setattr(partitions.time, "time", lambda: NOON_MS / 1000 - 10 * 86_400)
        with store.transaction() as session:
            record_positions(session, [messages.position("v", NOON_MS)])
            assert list_partitions(session, "bus_position") == {}
        monkeypatch.undo()
        with store.transaction() as session:
            record_positions(session, [messages.position("v", NOON_MS), messages.position("v", NOON_MS + 1)])
            assert list(list_partitions(session, "bus_position")) == [NOON_DAY]
            assert session.scalar(sa.text("SELECT count(*) FROM bus_position_else")) == 0
            assert len(list_trail(session, "v", NOON_MS, NOON_MS + 1)) == 2


@pytest.mark.postgis
def test_wild_clocks_cannot_fill_the_catalogue(migrated_postgis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "MOST_PARTITIONS", 3)
    with open_store(migrated_postgis_url) as store, store.transaction() as session:
        record_positions(session, [messages.position("v", NOON_MS - age * DAY_MS) for age in range(1, 9)])
        record_positions(session, [messages.position("v", NOON_MS)])  # a young day always has its own
        assert len(list_partitions(session, "bus_position")) == 4
        assert len(list_trail(session, "v", 0, NOON_MS)) == 9


@pytest.mark.postgis
def test_partitions_are_made_ahead_and_a_strange_date_has_a_home(migrated_postgis_url: str) -> None:
    with open_store(migrated_postgis_url) as store, store.transaction() as session:
        make_ahead(session, NOON_MS)
        assert list(list_partitions(session, "edge_state")) == [NOON_DAY, NOON_DAY + 1]
        record_stop_events(session, [msgspec.structs.replace(messages.stop_event(), start_date="someday")])
        assert session.scalar(sa.text("SELECT count(*) FROM stop_event_else")) == 1


def _plan(store: Store, sql: str) -> str:
    with store.reading() as session:
        return "\n".join(session.execute(sa.text(f"EXPLAIN {sql}")).scalars())


@pytest.mark.postgis
def test_a_span_of_time_touches_its_own_days_and_uses_brin(migrated_postgis_url: str) -> None:
    with open_store(migrated_postgis_url) as store:
        for day in range(3):
            with store.transaction() as session:
                count = 100 if day else 15_000
                lot = [messages.position(f"v{n}", NOON_MS - day * DAY_MS + n * 1000) for n in range(count)]
                record_positions(session, lot)
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE bus_position"))
        span = f"time_ms BETWEEN {NOON_MS} AND {NOON_MS + 60_000}"
        plan = _plan(store, f"SELECT * FROM bus_position WHERE {span}")
        date = dt.datetime.fromtimestamp(NOON_MS / 1000, dt.UTC)
        assert f"bus_position_d{date:%Y%m%d}" in plan
        assert f"bus_position_d{date - dt.timedelta(days=1):%Y%m%d}" not in plan
        assert "Bitmap Index Scan" in plan
        trail = _plan(store, f"SELECT * FROM bus_position WHERE vehicle_id = 'v7' AND {span}")
        assert "pkey" in trail
