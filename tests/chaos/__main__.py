"""`python -m tests.chaos`: damage for as many rounds as asked, and a verdict."""

import argparse
import sys

from tests.chaos.campaign import run_campaign
from tests.chaos.column import NAMES, open_column
from tests.chaos.rounds import plan_rounds


def main() -> int:
    """Run, say what happens, and return 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--column", choices=[*NAMES, "both"], default="embedded")
    parser.add_argument("--kind", nargs="*")
    asked = parser.parse_args()
    for name in NAMES if asked.column == "both" else [asked.column]:
        kinds = asked.kind * asked.rounds if asked.kind else plan_rounds(name, asked.rounds, asked.seed)
        with open_column(name) as column:
            outcome = run_campaign(column, kinds, asked.seed, say=lambda text: print(text, flush=True))
            if not outcome.held:
                print((column.folder / "console.log").read_text()[-3000:])
        print(outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main())
