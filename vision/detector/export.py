"""What an exported network says of itself, and whether it is one that finds road users."""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vision.detector.base import GROUPS
from vision.errors import WeightsError

# Names that other data sets give to the road users of `GROUPS`.
ALIASES = {
    "motorbike": "motorcycle",
    "motor": "motorcycle",
    "pedestrian": "person",
    "people": "person",
    "van": "car",
}
# An end-to-end head names at most so many things; one with more rows of six numbers is a YOLOv5 of one class.
LONGEST_LIST = 1000


@dataclass(frozen=True)
class Export:
    """Class names by number, ours where we know the thing, and the input's longer side."""

    names: dict[int, str]
    longest_px: int


def model_path(weights: Path) -> Path:
    """Return the file to read of an export.

    Parameters
    ----------
    weights : Path
        An OpenVINO folder, an ``.xml`` or an ``.onnx``.

    Returns
    -------
    Path
        The ``.xml`` or ``.onnx``.

    Raises
    ------
    WeightsError
        If it is absent or incomplete.
    """
    if weights.is_dir():
        found = sorted(weights.glob("*.xml"))
        if len(found) != 1:
            raise WeightsError(f"{weights}: holds {len(found)} .xml files; give the folder of one OpenVINO export")
        weights = found[0]
    if not weights.is_file():
        raise WeightsError(f"{weights}: no such weights; give an OpenVINO folder, an .onnx or a .pt")
    if weights.suffix == ".xml" and not weights.with_suffix(".bin").is_file():
        raise WeightsError(f"{weights.with_suffix('.bin')}: is absent; an OpenVINO export is an .xml and a .bin")
    return weights


def weights_sha256(weights: Path) -> str:
    """Return the SHA-256 of weights: of the file, or of a folder's files in the order of their names.

    Parameters
    ----------
    weights : Path
        A file or a folder.

    Returns
    -------
    str
        Lower-case hexadecimal.
    """
    digest = hashlib.sha256()
    paths = sorted(p for p in weights.iterdir() if p.is_file()) if weights.is_dir() else [weights]
    for path in paths:
        if len(paths) > 1:
            digest.update(path.name.encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_export(path: Path, model: Any) -> Export:
    """Read the class names, the task and the size of an export.

    Parameters
    ----------
    path : Path
        The model's file; ``metadata.yaml`` may lie beside it.
    model : openvino.Model
        The same, read.

    Returns
    -------
    Export
        What it says.

    Raises
    ------
    WeightsError
        If it names no classes, no road user, or another task than ``detect``.
    """
    beside = path.parent / "metadata.yaml"
    said = _beside(beside) if beside.is_file() else _within(path, model)
    task = str(said.get("task", "detect"))
    if task != "detect":
        raise WeightsError(f"{path}: its task is {task}, and boxes are needed; export a model of task detect")
    try:
        names = {int(k): ALIASES.get(str(v).lower(), str(v)) for k, v in said["names"].items()}
        size = said.get("imgsz", 640)
        longest_px = int(max(size) if isinstance(size, list | tuple) else size)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WeightsError(f"{path}: names no classes; keep the metadata.yaml of the export beside it") from None
    check_names(path, names)
    return Export(names, longest_px)


def check_names(path: Path, names: dict[int, str]) -> None:
    """Refuse weights that know no road user.

    Parameters
    ----------
    path : Path
        Whose names they are.
    names : dict of int to str
        Class names by number.

    Raises
    ------
    WeightsError
        If none of them is a road user.
    """
    if not GROUPS.keys() & set(names.values()):
        some = ", ".join(list(names.values())[:6])
        raise WeightsError(f"{path}: knows no road users, but {some}; give weights with {', '.join(GROUPS)}")


def check_head(path: Path, model: Any, names: dict[int, str]) -> None:
    """Refuse a network whose output is not that of a YOLO detector with these classes.

    Parameters
    ----------
    path : Path
        Its file.
    model : openvino.Model
        The network.
    names : dict of int to str
        Its classes.

    Raises
    ------
    WeightsError
        If boxes cannot be read from it.
    """
    shape = model.outputs[0].partial_shape
    sides = [side.get_length() if side.is_static else None for side in shape]
    if len(sides) == 3 and (sides[1] in {None, 4 + len(names)} or _is_list(sides[1], sides[2])):
        return
    raise WeightsError(
        f"{path}: its output {shape} is not that of a YOLO detector of {len(names)} classes (YOLOv8, 11, 26); "
        "export one with task detect"
    )


def _is_list(rows: int | None, columns: int | None) -> bool:
    return columns == 6 and rows is not None and rows <= LONGEST_LIST


def _beside(path: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WeightsError(f"{path}: cannot be read ({error}); export the weights again") from None
    return said if isinstance(said, dict) else {}


def _within(path: Path, model: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key in ("names", "task", "imgsz"):
        try:
            said[key] = model.get_rt_info(["framework", key]).astype(str)
        except (RuntimeError, AttributeError):
            continue
    try:
        return {k: v if k == "task" else ast.literal_eval(v) for k, v in said.items()}
    except (ValueError, SyntaxError):
        raise WeightsError(f"{path}: names its classes in no form we read; export the weights again") from None
