"""`hanoi learn`: the shipped networks from nothing: plate reader, plate finder, helmets, detector of painted scenes."""

from pathlib import Path

import click
from rich.console import Console

from vision.errors import VisionError

# Steps after which each is as good as the shipped one, on painted vehicles of this seed on.
STEPS = {"reader": 3000, "finder": 900, "helmets": 1500, "detector": 3570}
FIRST_SEED = 9_100_001


@click.command()
@click.argument("what", type=click.Choice(sorted(STEPS)))
@click.option("--steps", type=click.IntRange(min=1), help="Batches; by default as many as the shipped one took.")
@click.option("--minutes", default=240.0, show_default=True, help="End earlier after so long.")
@click.option("--vehicles", default=6000, show_default=True, type=click.IntRange(min=20), help="Painted (not: reader).")
@click.option("--fonts", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of .ttf, .otf.")
@click.option(
    "--start", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The net.pt of an earlier run."
)
@click.option("--seed", default=FIRST_SEED, show_default=True, type=click.IntRange(min=0), help="Of all that is made.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(min=1), help="Of the processor.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda (detector only).")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Painters beside (detector).")
@click.option(
    "--pictures",
    default=4000,
    show_default=True,
    type=click.IntRange(min=10),
    help="Kept at once, the newest (detector); 1.6 MB each where it is fitted.",
)
@click.option("--batch", default=40.0, show_default=True, help="Views of 416 x 416 pixels in one (detector).")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for model.xml and model.bin.")
def learn(
    what: str,
    steps: int | None,
    minutes: float,
    vehicles: int,
    fonts: Path | None,
    start: Path | None,
    seed: int,
    threads: int,
    device: str,
    jobs: int,
    pictures: int,
    batch: float,
    out: Path,
) -> None:
    """Fit a network from nothing on painted and made-up pictures; WHAT is reader, finder, helmets or detector.

    No weights and no pictures are fetched. Needs torch, which comes with the extra `train`. The detector's pictures
    are painted meanwhile, new ones as long as it is fitted: give it a GPU and as many painters as there are cores.
    """
    try:
        from vision.learn.detector import DetectorPlan, write_detector
        from vision.learn.fitting import FitPlan
        from vision.learn.pictures import PaintPlan
        from vision.learn.run import LearnPlan, learn
    except ImportError:
        raise click.ClickException("fitting needs torch: pip install 'hanoi-traffic[train]'") from None
    if (out / "model.xml").exists():
        raise click.ClickException(f"{out}/model.xml: is there already; give another --out or remove it")
    console = Console(stderr=True)
    fit = FitPlan(steps or STEPS[what], minutes, seed=seed, threads=threads, device=device)
    if what == "detector":
        paint = PaintPlan(seed, first=min(400, pictures // 10), most=pictures, jobs=jobs)
        detector = DetectorPlan(fit, paint, batch_px=round(batch * 416 * 416))
        try:
            click.echo(str(write_detector(detector, out, console.print)))
        except VisionError as error:
            raise click.ClickException(str(error)) from error
        return
    plan = LearnPlan(fit, vehicles, fonts, start)
    click.echo(str(learn(what, plan, out, console.print)))
