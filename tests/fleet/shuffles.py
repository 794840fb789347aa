"""`make shuffles`: a thousand deliveries, each fix up to 15 minutes late and some twice, lead to one state."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from services.replay.order import in_time_order, shuffled
from tests.fleet.event_time import know
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import drive


def mixed_fleet(table: Timetable) -> list[Fix]:
    """Return the fixes of eight buses, half of which name their trips."""
    return in_time_order(
        fix
        for n in range(2, 6)
        for d in (0, 1)
        for fix in drive(table, f"T{d}-{n}", late_s=40 * n, vehicle=f"b{d}{n}", claim=(n + d) % 2 == 0)
    )


def main() -> int:
    """Deliver in many orders; the first that ends otherwise is named."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=1000)
    count = words.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        table = read_timetable(write_feed(Path(folder)))
        fixes = mixed_fleet(table)
        known = know(Tracker(table), fixes)
        began_s = time.monotonic()
        for seed in range(count):
            shaken = know(Tracker(table), shuffled(fixes, seed), batch=1 + seed % 97)
            other = [part for part, value in known.items() if shaken[part] != value]
            if other:
                print(f"seed {seed} ends with other {', '.join(other)}")
                return 1
            if seed % 100 == 99:
                print(f"{seed + 1} of {count} alike, {time.monotonic() - began_s:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
