"""`hanoi train` and `hanoi export`: a detector from rendered scenes, and its export for the default engine."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from services.train.dataset import write_dataset
from vision.detector.export import weights_sha256
from vision.detector.training import FORMATS, Plan, export, require_library, train
from vision.errors import VisionError

DEFAULT = Plan()


@click.command("train")
@click.option("--scenes", default=200, show_default=True, type=click.IntRange(min=1), help="Rendered junctions.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Of the first junction.")
@click.option("--imgsz", default=DEFAULT.side_px, show_default=True, help="Side of a picture; a multiple of 32.")
@click.option("--epochs", default=DEFAULT.epochs, show_default=True, help="Rounds over all pictures.")
@click.option("--hours", type=float, help="Train so long instead of --epochs.")
@click.option("--model", default=DEFAULT.architecture, show_default=True, help="A model of ultralytics, as YAML.")
@click.option(
    "--start",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The .pt of an earlier run, to go on from.",
)
@click.option("--width", default=DEFAULT.width, show_default=True, help="Of its layers; 0.25 is the nano size.")
@click.option("--threads", default=DEFAULT.threads, show_default=True, help="Of the processor.")
@click.option("--device", default=DEFAULT.device, show_default=True, help="cpu, or the number of a GPU.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder: data set, run, weights.")
def train_command(
    scenes: int,
    seed: int,
    imgsz: int,
    epochs: int,
    hours: float | None,
    model: str,
    start: Path | None,
    width: float,
    threads: int,
    device: str,
    out: Path,
) -> None:
    """Train a detector on rendered scenes, from nothing or from an earlier run.

    No weights are fetched. The detector knows rendered scenes only: real streets need weights that
    were trained on real pictures. Needs the extra `train` (ultralytics, about 6 GB).
    """
    if imgsz % 32:
        raise click.ClickException(f"--imgsz {imgsz}: a network takes multiples of 32; give {imgsz // 32 * 32 + 32}")
    if (out / "data").exists():
        raise click.ClickException(f"{out}/data: is there already; give another --out or remove it")
    plan = Plan(
        architecture=model, width=width, epochs=epochs, hours=hours, side_px=imgsz, seed=seed, threads=threads,
        device=device, start=start,
    )  # fmt: skip
    try:
        require_library()
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("rendering", total=scenes + max(1, scenes // 10))
            data = write_dataset(out / "data", scenes, seed, imgsz, lambda: progress.advance(task))
        weights = train(data, out, plan)
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{weights} {weights_sha256(weights)}")


@click.command("export")
@click.argument("weights", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder (OpenVINO) or .onnx file.")
@click.option("--format", "kind", default="openvino", show_default=True, type=click.Choice(FORMATS), help="Form.")
@click.option("--imgsz", default=640, show_default=True, help="Longer side of the network's input.")
@click.option("--end-to-end", is_flag=True, help="Of a network with two heads (YOLO26) the one without repeats.")
@click.option("--int8", type=click.Path(path_type=Path), help="data.yaml to calibrate 8-bit numbers on; else 16 bits.")
def export_command(weights: Path, out: Path, kind: str, imgsz: int, end_to_end: bool, int8: Path | None) -> None:
    """Export WEIGHTS (.pt) to what the default engine runs."""
    try:
        made = export(weights, out, kind=kind, longest_px=imgsz, data=int8, end_to_end=end_to_end)
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{made} {weights_sha256(made)}")
