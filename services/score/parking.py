"""`hanoi score parking`: who is claimed to stop or park, over hours of queues and light changes."""

import json
from dataclasses import replace
from pathlib import Path

import click

from services.score.scene_batch import batch_options, boxes_option, looks_option, tally_cases
from services.score.scene_report import as_figures, report
from services.score.scene_run import SceneCase
from services.score.violations import known_rules, parse_seeds
from vision.scenes.arrivals import Flow
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import kerb_camera

RULES = ("no_stopping", "bus_stop_occupied")
SHARES = {"no_stopping": 0.008, "bus_stop": 0.008, "short_stop": 0.02, "breakdown": 0.002}
FLOW = Flow({"south": 0.0, "north": 100.0, "east": 60.0, "west": 60.0}, people_per_hour=60.0)


@click.command()
@click.option("--hours", default=3.0, show_default=True, help="Hours of each scene.")
@click.option("--seeds", default="1-8", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option(
    "--noise", type=click.Choice(list(NOISES)), default="good", show_default=True, help="How wrong boxes are."
)
@boxes_option
@click.option(
    "--flow",
    default=2200.0,
    show_default=True,
    help="Vehicles an hour along the kerb; at 2,200 the queue of each red reaches both zones and may stay for several.",
)
@click.option("--fps", default=2.0, show_default=True, help="Frames a second.")
@click.option("--show", default=10, show_default=True, help="How many false and missed ones to list.")
@looks_option
@batch_options
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def parking(
    hours: float,
    seeds: str,
    noise: str,
    boxes: str,
    flow: float,
    fps: float,
    show: int,
    looks: Path | None,
    jobs: int,
    keep: Path | None,
    out: Path | None,
) -> None:
    """Score stopping at the kerb and at the bus stop where queues stand in the same places.

    The camera looks along the kerb; a queue reaches both zones at each red. Who stops of its own will for a minute
    or more is due, who waits in a queue, lets somebody off for seconds, or broke down is not.
    """
    numbers, rules = parse_seeds(seeds), known_rules(RULES)
    cases = {
        f"parking-{noise}-seed{seed}": parking_case(
            seed, hours, rules, noise, fps, is_modal=boxes == "seen", south_per_hour=flow
        )
        for seed in numbers
    }
    tally = tally_cases(cases, jobs, keep, looks)
    click.echo(
        report(f"parking, {len(numbers)} × {hours:g} h, {flow:g} vehicles an hour, {noise} boxes, {boxes}", tally, show)
    )
    if out is not None:
        out.write_text(json.dumps(as_figures(tally), indent=1), encoding="utf-8")


def parking_case(
    seed: int,
    hours: float,
    rules: tuple[str, ...],
    noise: str,
    fps: float,
    *,
    is_modal: bool = True,
    south_per_hour: float = 2200.0,
) -> SceneCase:
    """Return one scene of the kerb, with so many vehicles an hour along it."""
    flow = replace(FLOW, per_hour=FLOW.per_hour | {"south": south_per_hour})
    return SceneCase(
        seed, hours * 60, SHARES, rules, kerb_camera, noise, fps, flow=flow, has_signal=False, is_modal=is_modal
    )
