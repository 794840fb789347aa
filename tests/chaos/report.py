"""The verdict for people, and the same as JSON for machines."""

from collections.abc import Sequence

from tests.chaos.campaign import Outcome


def describe(outcome: Outcome) -> str:
    """Return what one column went through and whether it held, for people."""
    rounds = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.rounds.items()))
    lines = [
        f"{outcome.column}: {sum(outcome.rounds.values())} rounds in {outcome.seconds:,.0f} s (seed {outcome.seed})",
        f"  {rounds}",
        f"  {outcome.acknowledged:,} records acknowledged, {outcome.in_the_log:,} in the log, "
        f"{outcome.dead_letters:,} of them poison and set aside",
        "  processes ended: " + ", ".join(f"{count} × {what}" for what, count in outcome.ends_of_processes.items()),
        "  workers said: " + ", ".join(f"{count} × {what}" for what, count in outcome.workers_said.items()),
        "  allowed: " + ", ".join(f"{count:,} {what}" for what, count in outcome.repeats.items()),
        f"  slowest return to rest {outcome.slowest_drain_s:.1f} s",
    ]
    if outcome.held:
        lines.append("  HELD: 0 lost, 0 doubled, order kept, dead letters are the poison exactly")
    where = outcome.failed_in or "the last count"
    lines += [f"  BROKEN in {where}: {fault.count:,} {fault.kind}: {fault.examples}" for fault in outcome.faults]
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return the report of a run."""
    return {"held": all(outcome.held for outcome in outcomes), "columns": outcomes}
