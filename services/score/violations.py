"""`hanoi score violations`: candidates of the camera pipeline beside the truth of rendered junctions."""

import json
from pathlib import Path

import click

from services.score.scene_batch import batch_options, boxes_option, looks_option, tally_cases
from services.score.scene_report import as_figures, report
from services.score.scene_run import SceneCase
from vision.scenes.arrivals import Flow
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import approach_camera

# Traffic that makes many passes of the watched line, or leaves room to break rules; other arms as the picture needs.
DENSE = Flow({"south": 2400.0, "north": 400.0, "east": 350.0, "west": 350.0}, people_per_hour=120.0)
LOOSE = Flow({"south": 1500.0, "north": 300.0, "east": 200.0, "west": 200.0}, people_per_hour=100.0)
FLOWS = {"legal": DENSE}
OTHERS = (
    "bus_lane", "lane", "wrong_side", "wrong_way", "forbidden_turn", "u_turn", "pavement_riding", "speeding",
    "no_helmet", "too_many_riders", "child", "blocks_junction",
)  # fmt: skip
SETS: dict[str, tuple[dict[str, float], tuple[str, ...]]] = {
    "legal": (
        {"late_yellow": 0.4, "pushed": 0.15, "breakdown": 0.02, "short_stop": 0.01, "child": 0.02},
        ("red_light", "stop_line", "wrong_side"),
    ),
    "lights": (
        {"red_light": 0.5, "stop_line": 0.05, "late_yellow": 0.1, "pushed": 0.1, "wrong_side": 0.03},
        ("red_light", "stop_line", "wrong_side"),
    ),
    "rules": (
        dict.fromkeys(OTHERS, 0.03),
        (
            "wrong_side", "wrong_way", "brt_lane", "lane", "forbidden_turn", "u_turn", "pavement_riding",
            "speed_screening", "too_many_riders", "junction_blocking",
        ),
    ),
}  # fmt: skip


@click.command()
@click.option("--set", "which", type=click.Choice(list(SETS)), multiple=True, default=("legal", "lights"))
@click.option("--noise", type=click.Choice(list(NOISES)), multiple=True, default=("good",), help="How wrong boxes are.")
@boxes_option
@click.option("--seeds", default="1", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option("--minutes", default=30.0, show_default=True, help="Minutes of each scene.")
@click.option("--fps", default=25.0, show_default=True, help="Frames a second.")
@click.option("--jitter", default=0.0, show_default=True, help="Of frame times, as a share of their distance.")
@click.option("--drops", default=0.0, show_default=True, help="Share of frames that do not arrive.")
@click.option("--officer", default=0.0, show_default=True, help="Share of reds in which an officer waves.")
@click.option("--show", default=10, show_default=True, help="How many false and missed ones to list of each set.")
@looks_option
@batch_options
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def violations(
    which: tuple[str, ...],
    noise: tuple[str, ...],
    boxes: str,
    seeds: str,
    minutes: float,
    fps: float,
    jitter: float,
    drops: float,
    officer: float,
    show: int,
    looks: Path | None,
    jobs: int,
    keep: Path | None,
    out: Path | None,
) -> None:
    """Score candidates against rendered junctions: false ones, recall by rule, error of the crossing time.

    The world moves road users by its own physics and writes down who broke a rule; the pipeline sees boxes made from
    that truth, as wrong as --noise says, and the lamps in a picture. Of acts only those count that could be seen: the
    road user's box at least half visible and 24 pixels tall for 60 % of the time around the act.
    """
    figures = {}
    for name in which:
        shares, rules = SETS[name]
        flow, known = FLOWS.get(name, LOOSE), known_rules(rules)
        for level in noise:
            cases = {
                f"{name}-{level}-seed{seed}": SceneCase(
                    seed,
                    minutes,
                    shares,
                    known,
                    approach_camera,
                    level,
                    fps,
                    jitter,
                    drops,
                    flow,
                    officer,
                    is_modal=boxes == "seen",
                )
                for seed in parse_seeds(seeds)
            }
            tally = tally_cases(cases, jobs, keep, looks)
            click.echo(report(f"{name}, {level} boxes, {boxes}", tally, show))
            figures[f"{name}/{level}/{boxes}"] = as_figures(tally)
    if out is not None:
        out.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def parse_seeds(text: str) -> list[int]:
    """Return the numbers of ``1,2,7-9``.

    Raises
    ------
    click.BadParameter
        If it is anything else.
    """
    made: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if not first.strip().isdigit() or (last and not last.strip().isdigit()):
            raise click.BadParameter(f"--seeds is {text!r}; give numbers such as 1,2,7-9")
        made += range(int(first), int(last or first) + 1)
    return made


def known_rules(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some rules that cameras know; the others are named."""
    from vision.camera import RULES

    absent = [rule for rule in rules if rule not in RULES]
    if absent:
        click.echo(f"no such rule in the camera file yet, so not scored: {', '.join(absent)}", err=True)
    return tuple(rule for rule in rules if rule in RULES)
