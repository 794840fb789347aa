"""`hanoi bench capacity`: the highest rate of fixes a running city sustains, and what stops it."""

import time
from dataclasses import dataclass
from pathlib import Path

import click
import psutil

from services.bench.path.ledger import quantile
from services.bench.path.rig import Rig, open_rig
from services.bench.path.usage import busy_share
from services.bench.report import Figure, print_report

GOAL_MS = 3_000.0
BEHIND_S = 2.0
OVERDUE_S = 12.0
MAY_LACK = 0.005
DRAIN_S = 60.0
STILL_S = 2.0
FULL_CORE = 0.9
FULL_MACHINE = 0.93


@dataclass(frozen=True)
class Rung:
    """What one rate led to."""

    speed: float
    sent_per_s: float
    seen_per_s: float
    p50_ms: float
    p95_ms: float
    behind_s: float
    overdue: float
    busy: dict[str, float]
    machine: float

    @property
    def sustained(self) -> bool:
        """Whether the city kept up: fixes come out in time, and the doors took them in time.

        A few never come out by themselves, because a cleaning rule holds them back until the next one.
        """
        return self.p95_ms <= GOAL_MS and self.overdue <= MAY_LACK and self.behind_s <= BEHIND_S

    @property
    def fullest(self) -> str:
        """What had least room, in words."""
        name, share = max(self.busy.items(), key=lambda item: item[1])
        if share >= FULL_CORE:
            return f"{name} fills one core ({share:.2f})"
        if self.machine >= FULL_MACHINE:
            return f"the machine is full ({self.machine:.0%}); most by {name} ({share:.2f} of a core)"
        return f"{name} is busiest ({share:.2f} of a core), the machine {self.machine:.0%}"


def climb(rig: Rig, speeds: tuple[float, ...], seconds: float) -> list[Rung]:
    """Play at growing speeds until the city no longer keeps up.

    Parameters
    ----------
    rig : Rig
        The city.
    speeds : tuple of float
        Seconds of the recording per wall second, growing.
    seconds : float
        How long to hold each.

    Returns
    -------
    list of Rung
        The last one was not sustained, unless all were or the recording ended.
    """
    rungs: list[Rung] = []
    for speed in speeds:
        if rig.driver.left_s < speed * seconds:
            click.echo(f"the recording is too short for {speed:g} times its pace", err=True)
            break
        rungs.append(_hold(rig, speed, seconds))
        click.echo(_line(rungs[-1]), err=True)
        if not rungs[-1].sustained:
            break
        _drain(rig)
    return rungs


def _hold(rig: Rig, speed: float, seconds: float) -> Rung:
    rig.ledger.take()
    psutil.cpu_percent()
    before, began_s = rig.usage(), time.monotonic()
    driven = rig.driver.drive(seconds, speed)
    took_s = time.monotonic() - began_s
    overdue = rig.ledger.overdue(time.monotonic(), OVERDUE_S) / max(1, driven.fixes)
    machine, busy = psutil.cpu_percent() / 100, busy_share(before, rig.usage(), took_s)
    seen = rig.ledger.take()
    return Rung(
        speed=speed,
        sent_per_s=driven.fixes / took_s,
        seen_per_s=len(seen) / took_s,
        p50_ms=quantile(seen, 50),
        p95_ms=quantile(seen, 95),
        behind_s=driven.behind_s,
        overdue=overdue,
        busy=busy,
        machine=machine,
    )


def _drain(rig: Rig) -> None:
    """Wait until what was sent came out; what a rule holds back would never come."""
    until_s, before = time.monotonic() + DRAIN_S, -1
    while rig.ledger.backlog() != before and time.monotonic() < until_s:
        before = rig.ledger.backlog()
        time.sleep(STILL_S)


def _line(rung: Rung) -> str:
    return (
        f"{rung.speed:>5g} ×  sent {rung.sent_per_s:>7.0f}/s  seen {rung.seen_per_s:>7.0f}/s"
        f"  p50 {rung.p50_ms:>6.0f} ms  p95 {rung.p95_ms:>6.0f} ms"
        f"  {'sustained' if rung.sustained else 'NOT sustained'}; {rung.fullest}"
    )


@click.command()
@click.option("--positions", type=click.Path(path_type=Path), required=True, help="Recording to play, all its buses.")
@click.option("--speeds", default="1,2,4,6,8,12,16", show_default=True, help="Times real time, one after another.")
@click.option("--seconds", default=45.0, show_default=True, help="How long to hold each.")
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder of the running city.")
def capacity(positions: Path, speeds: str, seconds: float, var_dir: Path | None) -> None:
    """Find the highest rate of fixes that a running city sustains, and what stops it."""
    try:
        wanted = tuple(float(speed) for speed in speeds.split(","))
    except ValueError as error:
        raise click.BadParameter("write numbers such as 1,2,4", param_hint="--speeds") from error
    with open_rig(positions, var_dir) as rig:
        rig.settle(wanted[0])
        rungs = climb(rig, wanted, seconds)
    if not rungs:
        raise click.ClickException("the recording is too short to measure anything")
    print_report("capacity", _figures(rungs))


def _figures(rungs: list[Rung]) -> list[Figure]:
    first, best = rungs[0], max((rung for rung in rungs if rung.sustained), key=lambda r: r.sent_per_s, default=None)
    figures = [
        Figure(f"p95_ms_at_{rung.sent_per_s:.0f}_per_s", "ms", round(rung.p95_ms, 1), f"at {first.sent_per_s:.0f}/s",
               round(first.p95_ms, 1), f"<= {GOAL_MS:.0f}")
        for rung in rungs
    ]  # fmt: skip
    sustained = 0.0 if best is None else best.sent_per_s
    return [
        Figure("fixes_per_s_sustained", "fixes/s", round(sustained), "at real pace", round(first.sent_per_s)),
        *figures,
        *(Figure(f"cpu_{name}_at_last", "cores", share) for name, share in sorted(rungs[-1].busy.items())),
    ]
