"""The store keeps its contract, on SQLite and on PostGIS."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from geoalchemy2 import WKTElement
from geoalchemy2.shape import to_shape

from services.store.arrivals import list_stop_events, record_predictions, record_stop_events
from services.store.bulk import COPY_FROM_ROWS
from services.store.cameras import list_segments, record_camera_counts, record_camera_health, record_segments
from services.store.edges import list_edge_history, list_latest_edges, record_road_states
from services.store.engine import Store, newest_revision
from services.store.errors import NewerSchemaError, StaleBatchError, StoreError
from services.store.feeds import record_feed_health, record_fleet_alerts
from services.store.models import BusPositionRow, FleetAlertRow, PredictionRow, StopEventRow
from services.store.offsets import advance_offsets, forget_offset, read_offsets
from services.store.partitions import DAY_MS
from services.store.positions import list_latest_positions, list_trail, record_positions
from services.store.retention import prune
from tests.contract import messages
from tests.contract.messages import NOON_MS
from tests.data import ROOT

PLACE = ("bus.positions", 2)


def test_migrating_again_changes_nothing(store: Store) -> None:
    assert store.migrate() == store.find_revision() == newest_revision()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def test_several_processes_may_migrate_an_empty_database_at_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}" if kind == "sqlite" else request.getfixturevalue("postgis_url")
    program = f"from services.store.engine import open_store; print(open_store({url!r}).migrate())"
    processes = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == [newest_revision()] * 3


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as session:
            record_positions(session, [messages.position()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as session:
        assert list_latest_positions(session) == []


def test_a_reader_may_not_write_on_postgis_and_sees_one_state_everywhere(store: Store) -> None:
    with store.transaction() as session:
        record_positions(session, [messages.position("a")])
    if store.is_postgis:
        with pytest.raises(sa.exc.InternalError), store.reading() as session:
            record_positions(session, [messages.position("b")])
    with store.reading() as session:
        assert [row.vehicle_id for row in list_latest_positions(session)] == ["a"]


def test_a_place_comes_back_as_a_geometry_and_can_be_asked_for(store: Store) -> None:
    with store.transaction() as session:
        record_positions(session, [messages.position("near", lon=105.85), messages.position("far", lon=105.99)])
    here = WKTElement("POINT(105.85 21.02)", srid=4326)
    box = sa.func.ST_MakeEnvelope(105.8, 21.0, 105.9, 21.1, 4326)
    with store.reading() as session:
        rows = {row.vehicle_id: row for row in session.scalars(sa.select(BusPositionRow))}
        shape = to_shape(rows["near"].geom)  # type: ignore[arg-type]
        assert (shape.x, shape.y) == (105.85, 21.02)
        geom, vehicle = BusPositionRow.geom, BusPositionRow.vehicle_id
        assert session.scalars(sa.select(vehicle).where(sa.func.ST_Within(geom, box))).all() == ["near"]
        assert session.scalars(sa.select(vehicle).where(sa.func.ST_DWithin(geom, here, 0.01))).all() == ["near"]
        metres = session.scalar(sa.select(sa.func.ST_DistanceSphere(geom, here)).where(vehicle == "far"))
        assert metres == pytest.approx(14_531, rel=0.002)


@pytest.mark.parametrize("count", [3, COPY_FROM_ROWS + 25])
def test_the_same_positions_again_change_nothing(store: Store, count: int) -> None:
    lot = [messages.position(f"v{number % 7}", NOON_MS + number * 1000) for number in range(count)]
    for _ in range(2):
        with store.transaction() as session:
            record_positions(session, [*lot, *lot[:2]])
    with store.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(BusPositionRow)) == count
        newest = {row.vehicle_id: row.time_ms for row in list_latest_positions(session)}
    assert newest == {
        f"v{number}": max(p.time_ms for p in lot if p.vehicle_id == f"v{number}") for number in range(min(7, count))
    }


def test_rows_that_are_there_in_part_are_kept_once(store: Store) -> None:
    lots = [[messages.position(f"v{n % 7}", NOON_MS + n * 1000) for n in span] for span in (range(80), range(40, 200))]
    for lot in lots:
        with store.transaction() as session:
            record_positions(session, lot)
            record_positions(session, lot[:60])  # again within one transaction, straight and staged
    with store.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(BusPositionRow)) == 200


def test_a_batch_across_midnight_lands_on_both_days(store: Store) -> None:
    midnight_ms = NOON_MS // DAY_MS * DAY_MS + DAY_MS
    lot = [messages.position("v", midnight_ms + n * 1000) for n in range(-40, 40)]
    with store.transaction() as session:
        record_positions(session, lot)
    with store.reading() as session:
        assert len(list_trail(session, "v", midnight_ms - 40_000, midnight_ms + 40_000)) == 80


def test_a_database_of_a_newer_version_is_left_alone(store: Store) -> None:
    with store.transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(NewerSchemaError, match=r"9999_future.*newer version.*Nothing was touched"):
        store.migrate()
    assert store.find_revision() == "9999_future"


def test_the_newest_position_stays_in_whatever_order_they_come(store: Store) -> None:
    lot = [messages.position("v", NOON_MS + number * 1000, speed_mps=float(number)) for number in range(3)]
    for order in itertools.permutations(lot):
        with store.transaction() as session:
            for one in order:
                record_positions(session, [one])
            (row,) = list_latest_positions(session)
            assert (row.time_ms, row.speed_mps) == (NOON_MS + 2000, 2.0)


def test_a_trail_is_read_in_order_of_time_across_days(store: Store) -> None:
    times = [NOON_MS + DAY_MS, NOON_MS, NOON_MS - DAY_MS]
    with store.transaction() as session:
        record_positions(session, [messages.position("v", time_ms) for time_ms in times])
        record_positions(session, [messages.position("w", NOON_MS)])
    with store.reading() as session:
        trail = list_trail(session, "v", NOON_MS - DAY_MS, NOON_MS + DAY_MS)
    assert trail == [(time_ms, 105.85, 21.02) for time_ms in sorted(times)]


def test_a_stop_event_keeps_its_departure_in_whatever_order_it_is_told(store: Store) -> None:
    told = [messages.stop_event(), messages.stop_event(departure_ms=NOON_MS + 20_000)]
    for order in ([0, 1], [1, 0], [0, 1, 0]):
        with store.transaction() as session:
            record_stop_events(session, [told[number] for number in order])
            for number in order:
                record_stop_events(session, [told[number]])
            (row,) = list_stop_events(session, NOON_MS, NOON_MS)
            assert row.departure_ms == NOON_MS + 20_000
            session.execute(sa.delete(StopEventRow))


def test_predictions_are_kept_once(store: Store) -> None:
    with store.transaction() as session:
        record_predictions(session, [messages.prediction(), messages.prediction(NOON_MS + 1000), messages.prediction()])
        rows = session.scalars(sa.select(PredictionRow).order_by(PredictionRow.made_at_ms)).all()
        assert [row.made_at_ms for row in rows] == [NOON_MS, NOON_MS + 1000]
        assert '"stop_id":"S2"' in rows[0].stops


def test_edges_keep_their_history_and_their_newest_state(store: Store) -> None:
    first = messages.road_states(*[messages.edge_state(number) for number in range(60)])
    later = messages.road_states(messages.edge_state(3, NOON_MS + 60_000, speed_mps=None))
    for order in ([first, later], [later, first]):
        with store.transaction() as session:
            record_road_states(session, order)
    with store.reading() as session:
        assert len(list_latest_edges(session)) == 60
        (state,) = list_latest_edges(session, NOON_MS + 1)
        assert (state.edge_index, state.speed_mps, state.level) == (3, None, "slow")
        history = list_edge_history(session, "1/2/3", NOON_MS, NOON_MS + 60_000)
        assert [row.speed_mps for row in history] == [4.5, None]


def test_what_the_field_says_of_edges_nobody_drove_is_not_kept(store: Store) -> None:
    imputed = msgspec.structs.replace(messages.edge_state(97), imputed=True, traffic_mps=5.0)
    with store.transaction() as session:
        before = len(list_latest_edges(session))
        record_road_states(session, [messages.road_states(imputed)])
        assert len(list_latest_edges(session)) == before


def test_cameras_and_feeds_are_kept_once(store: Store) -> None:
    for _ in range(2):
        with store.transaction() as session:
            record_segments(session, [messages.segment(number) for number in range(3)])
            record_camera_health(session, [messages.camera_health()])
            record_camera_counts(session, [messages.camera_count()])
            record_feed_health(session, [messages.feed_health()])
    with store.reading() as session:
        segments = list_segments(session, "C-058", NOON_MS + 2500, NOON_MS + 3000)
        assert [row.uri for row in segments] == ["media:C-058/1.mp4"]
        assert session.execute(sa.text("SELECT count(*), min(verdicts) FROM feed_health")).one() == (1, '{"jump":3}')
        assert session.execute(sa.text("SELECT count(*) FROM camera_health")).scalar() == 1
        assert session.execute(sa.text("SELECT min(counts) FROM camera_count")).scalar() == '{"motorbike":41,"bus":1}'


def test_of_a_minute_told_twice_stays_what_was_watched_longer(store: Store) -> None:
    whole = messages.camera_count()
    part = msgspec.structs.replace(whole, counts={"bus": 1}, watched_s=12.0)
    old = msgspec.structs.replace(whole, counts={}, watched_s=None)  # of a writer that said nothing of it
    for told in ([old, part], [whole], [part, old]):
        with store.transaction() as session:
            record_camera_counts(session, told)
    with store.reading() as session:
        rows = session.execute(sa.text("SELECT counts, watched_s, model_sha256 FROM camera_count")).all()
    assert [tuple(row) for row in rows] == [('{"motorbike":41,"bus":1}', 58.0, "5f" * 32)]


def test_the_newest_state_of_an_alert_stays(store: Store) -> None:
    told = [messages.alert(), messages.alert(NOON_MS + 60_000, ended_ms=NOON_MS + 60_000)]
    for order in ([0, 1], [1, 0]):
        with store.transaction() as session:
            for number in order:
                record_fleet_alerts(session, [told[number]])
            assert session.scalars(sa.select(FleetAlertRow)).one().ended_ms == NOON_MS + 60_000


def test_an_offset_row_only_grows_and_refuses_a_batch_that_was_written(store: Store) -> None:
    with store.transaction() as session:
        advance_offsets(session, "g", {PLACE: (0, 10)})
        advance_offsets(session, "g", {PLACE: (12, 20)})

    def write_again() -> None:
        with store.transaction() as session:
            record_positions(session, [messages.position()])
            advance_offsets(session, "g", {PLACE: (10, 30)})

    with pytest.raises(StaleBatchError, match=r"bus\.positions/2 from offset 10"):
        write_again()
    with store.reading() as session:
        assert read_offsets(session, "g", [PLACE, ("incidents", 0)]) == {PLACE: 20}
        assert read_offsets(session, "other", [PLACE]) == {}
        assert list_latest_positions(session) == []
    with store.transaction() as session:
        forget_offset(session, "g", PLACE)
        assert read_offsets(session, "g", [PLACE]) == {}


def test_of_two_that_write_one_batch_only_one_does(store: Store) -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(4)

    def write() -> None:
        ready.wait()
        try:
            with store.transaction() as session:
                advance_offsets(session, "g", {PLACE: (0, 5)})
            outcomes.append("written")
        except StaleBatchError:
            outcomes.append("stale")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["stale", "stale", "stale", "written"]


def test_many_may_write_and_read_at_once(store: Store) -> None:
    failed: list[Exception] = []

    def work(name: str) -> None:
        try:
            for number in range(15):
                with store.transaction() as session:
                    record_positions(session, [messages.position(name, NOON_MS + number * DAY_MS // 8)])
                with store.reading() as session:
                    assert list_trail(session, name, NOON_MS, NOON_MS + number * DAY_MS // 8)
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"v{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def counts(store: Store, tables: Sequence[str]) -> list[int]:
    with store.reading() as session:
        return [session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


def test_old_rows_go_and_young_ones_stay(store: Store) -> None:
    with store.transaction() as session:
        record_positions(session, [messages.position("v", NOON_MS - age * DAY_MS) for age in (0, 1, 2, 10, 40)])
        record_predictions(session, [messages.prediction(NOON_MS - age * DAY_MS) for age in (0, 1, 2, 10)])
        record_feed_health(session, [messages.feed_health(NOON_MS - age * DAY_MS) for age in (0, 1, 2, 31)])
    assert prune(store, NOON_MS) == {"bus_position": 1, "prediction": 1, "feed_health": 1}
    assert counts(store, ["bus_position", "prediction", "bus_position_latest", "feed_health"]) == [4, 3, 1, 3]


def test_a_clock_that_jumps_a_year_ahead_and_back_takes_no_day_away(store: Store) -> None:
    ages = range(12)
    then_ms = NOON_MS - 800 * DAY_MS  # all of it before the clock of this machine
    year_ms = then_ms + 365 * DAY_MS
    with store.transaction() as session:
        record_positions(session, [messages.position("v", then_ms - age * DAY_MS) for age in ages])
        record_feed_health(session, [messages.feed_health(then_ms - age * DAY_MS) for age in ages])
        record_positions(session, [messages.position("v", year_ms)])
        record_feed_health(session, [messages.feed_health(year_ms)])
    for now_ms in (year_ms, year_ms + DAY_MS // 2, then_ms, then_ms - 400 * DAY_MS, then_ms + DAY_MS):
        prune(store, now_ms)
        with store.reading() as session:
            assert len(list_trail(session, "v", 0, then_ms)) == len(ages)
    tables = ["bus_position", "feed_health"]
    assert all(count >= len(ages) for count in counts(store, tables))
    with store.transaction() as session:  # it was no jump after all: days follow
        record_positions(session, [messages.position("v", year_ms + day * DAY_MS) for day in range(3)])
        record_feed_health(session, [messages.feed_health(year_ms + day * DAY_MS) for day in range(3)])
    prune(store, year_ms + 2 * DAY_MS)
    assert counts(store, tables) == [3, 3]


def test_a_recorded_day_stays_however_long_ago_it_was(store: Store) -> None:
    with store.transaction() as session:
        record_positions(session, [messages.position("v", NOON_MS - age * DAY_MS) for age in (0, 1, 2, 40)])
        record_predictions(session, [messages.prediction(NOON_MS)])
    for _ in range(2):  # the second time there are partitions made ahead, which hold nothing
        gone = prune(store, NOON_MS + 2_000 * DAY_MS)
        assert gone in ({"bus_position": 1}, {})
    assert counts(store, ["bus_position", "prediction"]) == [3, 1]


def test_times_that_are_not_to_be_believed_have_a_home_and_a_bound(store: Store) -> None:
    far_ms = NOON_MS + 20_000 * DAY_MS
    wild = [messages.position("mad", far_ms), messages.position("mad", 1000), messages.position("good", NOON_MS)]
    for _ in range(2):
        with store.transaction() as session:
            record_positions(session, wild)
    assert counts(store, ["bus_position"]) == [3]
    prune(store, NOON_MS)
    with store.reading() as session:
        assert len(list_trail(session, "good", 0, far_ms)) == 1
        assert list_trail(session, "mad", 0, far_ms) == []


def test_a_store_without_its_schema_says_how_to_mend_it(store: Store) -> None:
    with pytest.raises(StoreError, match="hanoi store migrate"), store.transaction() as session:
        session.execute(sa.text("SELECT * FROM no_such_table"))
