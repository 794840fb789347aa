"""What the runner counts and times; recorded a batch at a time, so that a message pays nearly nothing for it."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_PLACE = ("group", "topic", "partition")

LAG = Gauge("hanoi_stream_lag_records", "Records that lie ahead of the group, measured each 10 s", _PLACE)
STOPPED = Gauge("hanoi_stream_stopped", "1 where too much was unreadable, so the partition is read no further", _PLACE)
PAUSED = Gauge("hanoi_stream_paused", "1 while a batch waits for the store, the log or the step itself", ("group",))
LAST_TURN = Gauge("hanoi_stream_last_turn_timestamp_seconds", "When the group's loop last came round", ("group",))
RECORDS = Counter("hanoi_stream_records", "Records committed", ("group", "topic"))
DEAD_LETTERS = Counter("hanoi_stream_dead_letters", "Records set aside in the dead-letter topic", ("group", "topic"))
REBALANCES = Counter("hanoi_stream_rebalances", "Times partitions came to or left this member", ("group",))
POLL = Histogram("hanoi_stream_poll_seconds", "Waiting for and reading a batch", ("group",), buckets=_SECONDS)
HANDLE = Histogram("hanoi_stream_handle_seconds", "The step's own work on a batch", ("group",), buckets=_SECONDS)
PRODUCE = Histogram("hanoi_stream_produce_seconds", "Outputs until acknowledged", ("group",), buckets=_SECONDS)
COMMIT = Histogram("hanoi_stream_commit_seconds", "Database transaction and commit", ("group",), buckets=_SECONDS)


class StepMetrics:
    """The series of one group, looked up once.

    Parameters
    ----------
    group : str
        The group.
    """

    def __init__(self, group: str) -> None:
        self._group = group
        self.paused = PAUSED.labels(group)
        self.last_turn = LAST_TURN.labels(group)
        self.rebalances = REBALANCES.labels(group)
        self.poll, self.handle = POLL.labels(group), HANDLE.labels(group)
        self.produce, self.commit = PRODUCE.labels(group), COMMIT.labels(group)

    def records(self, topic: str, count: int) -> None:
        """Count records of one topic that were committed."""
        RECORDS.labels(self._group, topic).inc(count)

    def dead_letters(self, topic: str, count: int) -> None:
        """Count records of one topic that were set aside."""
        DEAD_LETTERS.labels(self._group, topic).inc(count)

    def stopped(self, topic: str, partition: int, *, stopped: bool) -> None:
        """Say whether a partition stands still at its poison limit."""
        STOPPED.labels(self._group, topic, partition).set(stopped)

    def lag(self, topic: str, partition: int, records: int) -> None:
        """Say how far a partition is behind."""
        LAG.labels(self._group, topic, partition).set(records)

    def forget(self, topic: str, partition: int) -> None:
        """Drop what was said of a partition that another member reads now."""
        for gauge in (LAG, STOPPED):
            try:
                gauge.remove(self._group, topic, partition)
            except KeyError:
                continue
