"""The archive's own decisions: what goes where, and when old rows go."""

from pathlib import Path

from schemas.topics import TOPICS
from services.archive.pipeline import PRUNE_EVERY_MS, WRITERS, Pruner
from services.store.engine import open_store
from services.store.partitions import DAY_MS
from services.store.positions import list_trail, record_positions
from tests.contract import messages
from tests.contract.messages import NOON_MS

# Fixes are kept as the positions made of them, reports as the incidents, what controllers and staff told of a junction
# in the cases that heeded it; a forecast, the rain and the played clock are of no use later.
NOT_KEPT = {"stream.orders", "track.state", "track.lessons", "track.history", "track.shares", "gps.fixes", "city.clock"}
NOT_KEPT |= {"road.forecasts", "rain.gauges", "road.reports", "signals.states", "camera.circumstances"}


def test_every_topic_is_archived_or_named_as_not_kept() -> None:
    assert WRITERS.keys() | NOT_KEPT == TOPICS.keys()


def test_old_rows_go_once_an_hour(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        store.migrate()
        pruner = Pruner(store)
        pruner.turn(NOON_MS)
        with store.transaction() as session:
            record_positions(session, [messages.position("v", NOON_MS - age * DAY_MS) for age in (0, 1, 2, 60)])

        def trail() -> int:
            with store.reading() as session:
                return len(list_trail(session, "v", 0, NOON_MS))

        pruner.turn(NOON_MS + PRUNE_EVERY_MS - 1)
        assert trail() == 4
        pruner.turn(NOON_MS + PRUNE_EVERY_MS)
        assert trail() == 3
