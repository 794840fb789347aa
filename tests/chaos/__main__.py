"""Kill workers, brokers and databases at the worst moments, and count what came through.

Exit code 0: nothing was lost or doubled; 1: something was; the report says what.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from tests.chaos.campaign import Campaign, Outcome
from tests.chaos.column import NAMES, open_column
from tests.chaos.report import as_json, describe
from tests.chaos.rounds import KINDS, plan_rounds

# A dead member of a Kafka group is missed only after its session, so there several rounds share one return to rest.
TOGETHER = {"embedded": 2, "distributed": 5}


def main() -> int:
    """Run, say what happens, write the report."""
    asked = _parse()
    names = NAMES if asked.column == "both" else (asked.column,)
    rounds = -(-asked.rounds // len(names))
    outcomes = [_run(name, asked.kind or plan_rounds(name, rounds, asked.seed), asked) for name in names]
    print()
    for outcome in outcomes:
        print(describe(outcome))
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(as_json(outcomes)), indent=2))
        print(f"report: {asked.json}")
    return 0 if all(outcome.held for outcome in outcomes) else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how many, shared by the columns (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="decides what is damaged when (default 1)")
    parser.add_argument("--column", choices=[*NAMES, "both"], default="both")
    parser.add_argument("--kind", nargs="+", choices=KINDS, help="these rounds in this order instead")
    parser.add_argument("--together", type=int, help="rounds that share one return to rest (default 2 and 5)")
    parser.add_argument("--json", type=Path, help="write the report here")
    return parser.parse_args()


def _run(name: str, kinds: list[str], asked: argparse.Namespace) -> Outcome:
    print(f"{name}: preparing", flush=True)
    with open_column(name) as column:
        campaign, held = Campaign(column, asked.seed), False
        try:
            outcome = campaign.run(kinds, asked.together or TOGETHER[name], say=lambda text: print(text, flush=True))
            held = outcome.held
        finally:
            if not held:
                kept = Path(f"chaos-{name}.log").resolve()
                kept.write_bytes((column.folder / "console.log").read_bytes())
                print(f"what the workers said: {kept}")
    return outcome


if __name__ == "__main__":
    sys.exit(main())
