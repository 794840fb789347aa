"""`hanoi score violations`: candidates of the camera pipeline beside the truth of rendered junctions."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from services.score.scene_judge import Tally
from services.score.scene_run import SceneCase, run_scene
from vision.scenes.arrivals import Flow
from vision.scenes.noise import NOISES
from vision.scenes.pinhole import approach_camera

# Traffic that makes many passes of the watched line, or leaves room to break rules; other arms as the picture needs.
DENSE = Flow({"south": 2400.0, "north": 400.0, "east": 350.0, "west": 350.0}, people_per_hour=120.0)
LOOSE = Flow({"south": 1500.0, "north": 300.0, "east": 200.0, "west": 200.0}, people_per_hour=100.0)
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
GOAL_RECALL, GOAL_MS = 0.99, 40.0


@click.command()
@click.option("--set", "which", type=click.Choice(list(SETS)), multiple=True, default=("legal", "lights"))
@click.option("--noise", type=click.Choice(list(NOISES)), multiple=True, default=("good",), help="How wrong boxes are.")
@click.option("--seeds", default="1", show_default=True, help="Seeds of the scenes, for instance 1,2,7-9.")
@click.option("--minutes", default=30.0, show_default=True, help="Minutes of each scene.")
@click.option("--fps", default=25.0, show_default=True, help="Frames a second.")
@click.option("--jitter", default=0.0, show_default=True, help="Of frame times, as a share of their distance.")
@click.option("--drops", default=0.0, show_default=True, help="Share of frames that do not arrive.")
@click.option("--officer", default=0.0, show_default=True, help="Share of reds in which an officer waves.")
@click.option("--show", default=10, show_default=True, help="How many false and missed ones to list of each set.")
@click.option("--json", "out", type=click.Path(path_type=Path), default=None, help="Write the figures there.")
def violations(
    which: tuple[str, ...],
    noise: tuple[str, ...],
    seeds: str,
    minutes: float,
    fps: float,
    jitter: float,
    drops: float,
    officer: float,
    show: int,
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
        flow = DENSE if name == "legal" else LOOSE
        for level in noise:
            tally = Tally()
            for seed in parse_seeds(seeds):
                case = SceneCase(
                    seed, minutes, shares, known_rules(rules), approach_camera, level, fps, jitter, drops, flow, officer
                )
                run_scene(case, tally, _progress(name, level, seed, minutes))
            click.echo(report(f"{name}, {level} boxes", tally, show))
            figures[f"{name}/{level}"] = as_figures(tally)
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


def report(title: str, tally: Tally, show: int) -> str:
    """Return the figures of some scenes as text.

    Parameters
    ----------
    title : str
        What was run.
    tally : Tally
        What came of it.
    show : int
        How many false and missed ones to list.
    """
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.legal.items(), key=lambda item: -item[1]))
    lines = [
        f"== {title}",
        f"legal passes {tally.passes:,} ({kinds})",
        f"false {len(tally.false)}, twice {len(tally.doubled)}, "
        f"for a person to excuse {len(tally.excused)} (officer, ambulance, breakdown, child)",
    ]
    for rule in sorted(tally.due):
        due, found = tally.due[rule], tally.found.get(rule, 0)
        lines.append(f"{rule:18} found {found:5} of {due:5}  {found / due:7.2%}")
    for bucket, (found, due) in sorted(tally.by_seconds.items()):
        lines.append(f"  red for {bucket:22} {found:5} of {due:5}  {found / due:7.2%}")
    lines.append(
        f"not counted: {tally.hidden} acts hidden or out of the picture, {tally.unclear} below the rule's limits"
    )
    if tally.late_ms:
        off = np.abs(tally.late_ms)
        p50, p95 = np.percentile(off, [50, 95])
        lines.append(
            f"crossing time off by p50 {p50:.0f}, p95 {p95:.0f}, max {off.max():.0f} ms; within {GOAL_MS:.0f} ms "
            f"{np.mean(off <= GOAL_MS):.1%}; mean {np.mean(tally.late_ms):+.0f} ms"
        )
    lines += [
        f"  false: seed {c.seed} at {(c.time_ms / 1000) % 1e6:.2f} {c.rule} user {c.user_id} {why} {c.measured}"
        for c, why in tally.false[:show]
    ]
    lines += [
        f"  missed: seed {seed} {act.rule} user {act.user_id} {act.kind} at {act.time_s:.2f} "
        + " ".join(f"{key} {value:.2f}" for key, value in act.measured.items())
        for seed, act in tally.missed[:show]
    ]
    return "\n".join(lines)


def as_figures(tally: Tally) -> dict[str, object]:
    """Return the figures as plain values."""
    off = np.abs(tally.late_ms) if tally.late_ms else np.array([math.nan])
    return {
        "legal_passes": tally.passes,
        "false": len(tally.false),
        "twice": len(tally.doubled),
        "due": tally.due,
        "found": tally.found,
        "by_seconds": tally.by_seconds,
        "crossing_ms_p50": round(float(np.percentile(off, 50)), 1),
        "crossing_ms_p95": round(float(np.percentile(off, 95)), 1),
        "crossing_ms_max": round(float(off.max()), 1),
    }


def _progress(name: str, level: str, seed: int, minutes: float) -> Callable[[float], None]:
    def tell(done_s: float) -> None:
        click.echo(f"\r{name} {level} seed {seed}: {done_s / 60:.0f} of {minutes:g} min", nl=False, err=True)

    return tell
