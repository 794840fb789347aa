"""Bad input in bulk: fuzzed messages at every door, vehicles nobody knows, a day that arrives at once.

Exit code 0: all good records were taken once, no door answered 5xx, memory stayed bounded; 1: the report says what not.
"""

import argparse
import io
import logging
import sys
import tempfile
from pathlib import Path

import msgspec

from services.logs import set_up_logs
from services.settings import Settings
from tests.soak.backlog import Backlog, BacklogOutcome, run_backlog
from tests.soak.doors import DOORS
from tests.soak.fuzz import Fuzz, FuzzOutcome
from tests.soak.vehicles import VehiclesOutcome, run_vehicles

GROWTH_MIB = 100.0
PATIENCE_S = 1800.0
Outcome = FuzzOutcome | VehiclesOutcome | BacklogOutcome


def main() -> int:
    """Run what was asked for, say what happens, write the report."""
    asked = _parse()
    set_up_logs(Settings({}).log, "soak", io.StringIO())
    logging.disable(logging.CRITICAL)  # a line for each bad body would hide the rest
    outcomes: list[Outcome] = []
    problems: list[str] = []
    for what in asked.what:
        with tempfile.TemporaryDirectory(prefix="hanoi-soak-") as folder:
            outcome = _run(what, Path(folder), asked)
        outcomes.append(outcome)
        print(outcome, flush=True)
        problems += [f"{what}: {problem}" for problem in find_problems(outcome)]
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(outcomes), indent=2))
    print("\n".join(problems) or "HELD: every good record taken once, no 5xx, memory bounded")
    return 1 if problems else 0


def find_problems(outcome: Outcome) -> list[str]:
    """Return what did not hold, in words."""
    problems = []
    if isinstance(outcome, FuzzOutcome):
        problems += outcome.failures
        if (outcome.good_taken, outcome.good_doubled) != (outcome.good_sent, 0):
            problems.append(f"{outcome.good_sent:,} good records, {outcome.good_taken:,} taken")
        if outcome.rss_end_mib > outcome.rss_quarter_mib + GROWTH_MIB:
            problems.append(f"memory grew from {outcome.rss_quarter_mib:.0f} to {outcome.rss_end_mib:.0f} MiB")
    elif isinstance(outcome, VehiclesOutcome):
        if outcome.rss_end_mib > outcome.rss_half_mib + GROWTH_MIB:
            problems.append(f"memory grew from {outcome.rss_half_mib:.0f} to {outcome.rss_end_mib:.0f} MiB")
    elif outcome.archived != outcome.records:
        problems.append(f"{outcome.records:,} reports, {outcome.archived:,} archived")
    return problems


def _run(what: str, folder: Path, asked: argparse.Namespace) -> Outcome:
    if what == "vehicles":
        return run_vehicles(asked.messages, say=_say)
    if what == "backlog":
        backlog = Backlog(asked.buses, asked.every, asked.city, asked.fixes)
        return run_backlog(folder, backlog, PATIENCE_S, say=_say)
    door, _, way = what.partition("@")
    return Fuzz(DOORS[door], folder, asked.seed, way or "app").run(asked.messages, say=_say)


def _say(text: str) -> None:
    print(text, flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    every = [*DOORS, "ufms-json@mqtt", "vehicles", "backlog"]
    parser.add_argument(
        "what",
        nargs="*",
        default=every,
        help=f"which of {', '.join(every)} (default: all); DOOR@http and DOOR@mqtt go by real HTTP and a real broker",
    )
    parser.add_argument("--messages", type=int, default=1_000_000, help="a door's messages, or vehicles")
    parser.add_argument("--buses", type=int, default=1900, help="buses of the backlog (default 1900)")
    parser.add_argument("--every", type=int, default=60, help="seconds between a bus's reports in the backlog")
    parser.add_argument("--city", type=Path, help="backlog: a city folder with its timetable, made absolute")
    parser.add_argument(
        "--fixes", type=Path, help="backlog: fixes.jsonl that hanoi simulate --faults none wrote for it"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the report here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
