"""The table of `hanoi status`."""

from services.run.report import Usage, list_rows, table_lines
from services.run.status import RunStatus, ServiceStatus

NOW_MS = 1_000_000_000
STATUS = RunStatus(
    pid=1,
    started_ms=NOW_MS - 7_300_000,
    written_ms=NOW_MS,
    city="/c",
    urls={},
    services=(
        ServiceStatus(name="ingest", state="running", process="city", pid=10, up_since_ms=NOW_MS - 5_000, ready=True),
        ServiceStatus(
            name="track", state="running", process="city", pid=10, up_since_ms=NOW_MS - 5_000, ready=True, lag=1234,
            dead_letters=2, last_error="KeyError: 'x'", last_error_ms=NOW_MS - 5_000,
        ),
        ServiceStatus(name="detect", state="running", process="detect-1", pid=11, ready=True, lag=1),
        ServiceStatus(name="detect", state="failing", process="detect-2", reason="no weights", restarts=7, lag=2),
        ServiceStatus(name="capture", state="idle", reason="this city has no cameras"),
    ),
)  # fmt: skip
USAGE = {1: Usage(40, 0.0), 10: Usage(300, 12.0), 11: Usage(150, 50.0)}


def test_each_service_is_a_row_with_all_its_workers() -> None:
    rows = {row.service: row for row in list_rows(STATUS, USAGE, NOW_MS)}
    assert (rows["detect"].state, rows["detect"].workers, rows["detect"].lag, rows["detect"].restarts) == (
        "failing",
        1,
        3,
        7,
    )
    assert not rows["detect"].ready
    assert rows["track"].dead_letters == 2


def test_what_a_shared_process_uses_is_counted_once() -> None:
    lines = table_lines(list_rows(STATUS, USAGE, NOW_MS))
    text = "\n".join(lines)
    assert text.count("300 MiB") == 1
    assert '"' in lines[2]
    assert "1,234" in lines[2]
    assert lines[2].endswith("5 s ago: KeyError: 'x'")
    assert "this city has no cameras" in text
    assert "2 h" in lines[-1]


def test_a_process_that_is_gone_is_said_to_have_died() -> None:
    rows = list_rows(STATUS, {}, NOW_MS)
    assert rows[0].state == "died"


def test_states_are_words_and_colours_come_only_on_a_terminal() -> None:
    rows = list_rows(STATUS, USAGE, NOW_MS)
    assert "\x1b" not in "".join(table_lines(rows))
    coloured = table_lines(rows, colour=True)
    assert "\x1b[31;1mfailing" in "".join(coloured)


def test_a_narrow_console_cuts_only_the_last_column() -> None:
    lines = table_lines(list_rows(STATUS, USAGE, NOW_MS), width=110)
    assert max(len(line) for line in lines) <= 110
