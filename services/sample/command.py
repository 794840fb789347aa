"""`hanoi sample build`."""

from pathlib import Path

import click
from rich.console import Console

from services.city.command import show_city, with_progress
from services.clock import WallClock
from services.sample.build import build_sample


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The city folder to make.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same bytes.")
def build(out: Path, seed: int) -> None:
    """Build the sample city by code: some of Hanoi's lines and main roads, drawn by hand."""
    now_ms = WallClock().now_ms()
    city, report = with_progress(
        Console(stderr=True), lambda progress: build_sample(out, seed=seed, now_ms=now_ms, progress=progress)
    )
    show_city(Console(), out, city, report)
