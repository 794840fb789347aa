"""`hanoi score parking`: who is claimed to stop or park, over hours of queues and light changes."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from services.score.scene_judge import Tally
from services.score.scene_run import SceneCase, run_scene
from services.score.violations import as_figures, known_rules, parse_seeds, report
from vision.scenes.arrivals import Flow
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import kerb_camera

RULES = ("no_stopping", "bus_stop_occupied")
SHARES = {"no_stopping": 0.008, "bus_stop": 0.008, "short_stop": 0.02, "breakdown": 0.002}
FLOW = Flow({"south": 1100.0, "north": 100.0, "east": 60.0, "west": 60.0}, people_per_hour=60.0)


@click.command()
@click.option("--hours", default=24.0, show_default=True, help="Hours of each scene.")
@click.option("--seeds", default="1", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option(
    "--noise", type=click.Choice(list(NOISES)), default="good", show_default=True, help="How wrong boxes are."
)
@click.option("--fps", default=2.0, show_default=True, help="Frames a second.")
@click.option("--show", default=10, show_default=True, help="How many false and missed ones to list.")
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def parking(hours: float, seeds: str, noise: str, fps: float, show: int, out: Path | None) -> None:
    """Score stopping at the kerb and at the bus stop where queues stand in the same places.

    The camera looks along the kerb; a queue reaches both zones at each red. Who stops of its own will for a minute
    or more is due, who waits in a queue, lets somebody off for seconds, or broke down is not.
    """
    tally = Tally()
    for seed in parse_seeds(seeds):
        case = SceneCase(
            seed, hours * 60, SHARES, known_rules(RULES), kerb_camera, noise, fps, flow=FLOW, has_signal=False
        )
        run_scene(case, tally, _progress(seed, hours))
    click.echo(report(f"parking, {hours:g} h, {noise} boxes", tally, show))
    if out is not None:
        out.write_text(json.dumps(as_figures(tally), indent=1), encoding="utf-8")


def _progress(seed: int, hours: float) -> Callable[[float], None]:
    def tell(done_s: float) -> None:
        click.echo(f"\rparking seed {seed}: {done_s / 3600:.1f} of {hours:g} h", nl=False, err=True)

    return tell
