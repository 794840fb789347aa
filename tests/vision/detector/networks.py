"""Tiny networks that look like exports: any picture in, the same numbers out."""

from pathlib import Path

import numpy as np
import yaml


def write_network(
    folder: Path,
    output: np.ndarray,
    *,
    names: dict[int, str] | None = None,
    task: str = "detect",
    size: tuple[int, int] | None = None,
) -> Path:
    """Write an OpenVINO export whose output is always ``output``, and the metadata.yaml beside it."""
    import openvino
    from openvino import opset13 as ops

    height, width = size or (-1, -1)
    picture = ops.parameter([-1, 3, height, width], np.float32, name="images")
    nothing = ops.multiply(ops.reduce_mean(picture, np.array([0, 1, 2, 3]), keep_dims=False), np.float32(0))
    model = openvino.Model([ops.add(ops.constant(output.astype(np.float32)), nothing)], [picture])
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, folder / "network.xml", compress_to_fp16=False)
    said = {"task": task, "imgsz": [64, 64], "names": names or {0: "person", 1: "motorbike", 2: "car"}}
    (folder / "metadata.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    return folder
