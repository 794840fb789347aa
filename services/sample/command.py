"""`hanoi sample build`."""

from pathlib import Path

import click
from rich.console import Console

from services.city.command import show_city, with_progress
from services.clock import WallClock
from services.sample.build import build_sample
from services.sample.lines import LINES


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The city folder to make.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same bytes.")
@click.option("--lines", type=click.IntRange(1), help="Only the first so many bus lines, for a small machine.")
def build(out: Path, seed: int, lines: int | None) -> None:
    """Build the sample city by code: Hanoi's roads, water and bus lines from a table of facts, the rest drawn."""
    now_ms = WallClock().now_ms()
    chosen = LINES[:lines]
    city, report = with_progress(
        Console(stderr=True),
        lambda progress: build_sample(out, seed=seed, now_ms=now_ms, lines=chosen, progress=progress),
    )
    show_city(Console(), out, city, report)
