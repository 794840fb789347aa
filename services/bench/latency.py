"""`hanoi bench latency`: every fix of a played city, HTTP in → SSE out."""

from pathlib import Path

import click

from services.bench.path.ledger import quantile
from services.bench.path.rig import Rig, open_rig
from services.bench.path.usage import busy_share
from services.bench.report import Figure, print_report

GOAL = "p95 <= 3000"
PEER = "acknowledged by the door"


@click.command()
@click.option("--positions", type=click.Path(path_type=Path), required=True, help="Recording to play, all its buses.")
@click.option("--speed", default=1.0, show_default=True, help="Times real time.")
@click.option("--seconds", default=120.0, show_default=True, help="How long to measure.")
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder of the running city.")
def latency(positions: Path, speed: float, seconds: float, var_dir: Path | None) -> None:
    r"""Time every fix of a played recording from HTTP in to SSE out, on a running city.

    \b
    hanoi simulate --city var/city --start 2026-01-05T07:30 --hours 0.1 --faults none --out var/peak
    hanoi run --no-simulate        # in another terminal
    hanoi bench latency --positions var/peak/fixes.jsonl
    """
    with open_rig(positions, var_dir) as rig:
        print_report("latency", measure(rig, speed, seconds))


def measure(rig: Rig, speed: float, seconds: float) -> list[Figure]:
    """Play for some time and say what came of it.

    Parameters
    ----------
    rig : Rig
        The city.
    speed : float
        Seconds of the recording per wall second.
    seconds : float
        How long; the first moments before do not count.

    Returns
    -------
    list of Figure
        Milliseconds of a fix and of its acknowledgement, fixes lost, processor and memory by service.
    """
    rig.settle(speed)
    before, bytes_before = rig.usage(), rig.listener.bytes
    driven = rig.driver.drive(seconds, speed)
    after = rig.usage()
    sent_bytes = rig.listener.bytes - bytes_before
    took = rig.ledger.take()
    acknowledged = driven.acknowledged_ms
    busy = busy_share(before, after, seconds)
    return [
        Figure("fix_to_sse_p50_ms", "ms", round(quantile(took, 50), 1), PEER, round(quantile(acknowledged, 50), 1)),
        Figure(
            "fix_to_sse_p95_ms", "ms", round(quantile(took, 95), 1), PEER, round(quantile(acknowledged, 95), 1), GOAL
        ),
        Figure("fixes_measured", "fixes", float(len(took))),
        Figure("vehicles", "buses", float(rig.vehicles)),
        Figure("fixes_per_s", "fixes/s", round(driven.fixes / seconds, 1)),
        Figure("sse_kib_per_s", "KiB/s", round(sent_bytes / seconds / 1024, 1)),
        Figure("cpu_cores", "cores", round(sum(busy.values()), 2)),
        Figure("memory_mib", "MiB (PSS)", round(sum(usage.mib for usage in after.values()), 0)),
        *(Figure(f"cpu_{name}", "cores", share) for name, share in sorted(busy.items())),
        *(Figure(f"memory_{name}", "MiB (PSS)", round(usage.mib)) for name, usage in sorted(after.items())),
    ]
