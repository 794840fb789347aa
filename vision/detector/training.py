"""Training and export through ultralytics; needs the extra `train`."""

import importlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vision.errors import WeightsError

FORMATS = ("openvino", "onnx")
# What every run has: the same order of pictures, one process, a short warm-up.
FIXED: dict[str, Any] = {
    "exist_ok": True, "deterministic": True, "plots": False, "verbose": False, "val": False,
    "workers": 0, "cache": "ram", "optimizer": "AdamW", "lr0": 0.0015, "cos_lr": True, "warmup_epochs": 0.5,
    "mosaic": 0.3, "close_mosaic": 2, "scale": 0.3, "translate": 0.1, "hsv_h": 0.02, "hsv_s": 0.5, "hsv_v": 0.35,
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How a detector is trained.

    ``architecture`` is a model of ultralytics', made ``depth`` deep and ``width`` wide; ``hours`` goes before
    ``epochs`` where it is given; ``side_px`` is the side of a training picture; ``start`` has weights of an earlier
    run to go on from, whose architecture it takes over.
    """

    architecture: str = "yolo11.yaml"
    depth: float = 0.50
    width: float = 0.1875
    epochs: int = 15
    hours: float | None = None
    side_px: int = 288
    batch: int = 8
    seed: int = 1
    threads: int = 2
    device: str = "cpu"
    start: Path | None = None


def train(data: Path, out: Path, plan: Plan) -> Path:
    """Train from nothing, or go on from an earlier run: no weights are fetched.

    Parameters
    ----------
    data : Path
        The data set's YAML.
    out : Path
        Folder for the run.
    plan : Plan
        See there.

    Returns
    -------
    Path
        The weights, a ``.pt``.

    Raises
    ------
    WeightsError
        If the library or the weights to go on from are absent.
    """
    yolo = _library()
    if plan.start and not plan.start.is_file():
        raise WeightsError(f"{plan.start}: no such weights; give the .pt of an earlier run")
    _torch().set_num_threads(plan.threads)
    names = yaml.safe_load(data.read_text(encoding="utf-8"))["names"]
    model = yolo(str(plan.start or _architecture(out, plan, len(names))), task="detect")
    if plan.device == "cpu":
        model.add_callback("on_train_start", _short_numbers)
    model.train(
        data=str(data),
        project=str(out.resolve()),
        name="run",
        epochs=plan.epochs,
        time=plan.hours,
        imgsz=plan.side_px,
        batch=plan.batch,
        nbs=plan.batch,
        seed=plan.seed,
        device=plan.device,
        amp=plan.device != "cpu",
        **FIXED,
        **({} if plan.start else {"pretrained": False}),
    )
    return out / "run" / "weights" / "last.pt"


def _short_numbers(trainer: Any) -> None:
    """Let a processor that can multiply 16-bit numbers do so; ultralytics does it on GPUs only."""
    torch = _torch()
    if torch.ops.mkldnn._is_mkldnn_bf16_supported():
        trainer.model.forward = torch.autocast("cpu", torch.bfloat16)(trainer.model.forward)


def _architecture(out: Path, plan: Plan, classes: int) -> Path:
    """Write ultralytics' model description with our width and classes."""
    text = described(plan.architecture, plan.depth, plan.width, classes)
    out.mkdir(parents=True, exist_ok=True)
    # The letter before .yaml tells ultralytics which scale to take.
    path = out / f"{Path(plan.architecture).stem}n.yaml"
    path.write_text(yaml.safe_dump(text, sort_keys=False), encoding="utf-8")
    return path


def described(architecture: str, depth: float, width: float, classes: int) -> dict[str, Any]:
    """Return ultralytics' description of a model, its scale ``n`` so deep and wide, for so many classes."""
    from ultralytics.utils.checks import check_yaml

    text: dict[str, Any] = yaml.safe_load(Path(check_yaml(architecture)).read_text(encoding="utf-8"))
    return text | {"scales": {"n": [depth, width, 1024]}, "nc": classes}


def export(
    weights: Path, out: Path, *, kind: str = "openvino", longest_px: int = 640, data: Path | None = None,
    end_to_end: bool = False,
) -> Path:  # fmt: skip
    """Export weights to what the default engine runs.

    Parameters
    ----------
    weights : Path
        A ``.pt``.
    out : Path
        The folder (OpenVINO) or the file (ONNX) to write.
    kind : str
        One of `FORMATS`.
    longest_px : int
        Longer side of the network's input that the export names.
    data : Path, optional
        A data set's YAML: write whole numbers of 8 bits, calibrated on its pictures; else numbers of 16 bits.
    end_to_end : bool
        Of a network with two heads (YOLO26) the one that tells each thing once; else the other.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    WeightsError
        If the library or the weights are absent.
    """
    yolo = _library()
    if not weights.is_file():
        raise WeightsError(f"{weights}: no such weights; give an existing .pt file")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(weights, Path(folder) / "model.pt"))
        more: dict[str, Any] = {"int8": True, "data": str(data)} if data else {"half": True}
        if end_to_end:
            more["nms"] = False  # else ultralytics exports the head whose repeats are to be struck out
        made = Path(yolo(str(copy), task="detect").export(format=kind, imgsz=longest_px, dynamic=True, **more))
        out.parent.mkdir(parents=True, exist_ok=True)
        if made.is_dir():
            shutil.copytree(made, out, dirs_exist_ok=True)
        else:
            shutil.copy(made, out)
    return out


def require_library() -> None:
    """Raise `WeightsError` unless ultralytics is there."""
    _library()


def _torch() -> Any:
    return importlib.import_module("torch")  # comes with ultralytics


def _library() -> Any:
    os.environ.setdefault("YOLO_OFFLINE", "true")  # nothing is fetched, nothing is told to anybody
    try:
        from ultralytics import YOLO
    except ImportError:
        raise WeightsError(
            "training and export need the library ultralytics (about 6 GB): pip install 'hanoi-traffic[train]'"
        ) from None
    return YOLO
