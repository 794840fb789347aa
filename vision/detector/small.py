"""Small shipped networks (plates, helmets), each run on one thread beside the detector."""

import hashlib
from pathlib import Path
from typing import Any

from vision.errors import WeightsError


def open_network(folder: Path, takes: tuple[int, ...], gives: tuple[int, ...]) -> tuple[Any, str]:
    """Open a small network.

    Parameters
    ----------
    folder : Path
        Holds ``model.xml`` and ``model.bin``.
    takes, gives : tuple of int
        The shapes of its input and of its first output, without the number of pictures.

    Returns
    -------
    request
        Runs it.
    sha256 : str
        Of both files.

    Raises
    ------
    WeightsError
        If they cannot be read or are another network.
    """
    import openvino

    path = folder / "model.xml"
    try:
        model = openvino.Core().read_model(path)
        found = _sides(model.inputs[0]), _sides(model.outputs[0])
    except (RuntimeError, IndexError) as error:
        raise WeightsError(f"{path}: cannot be read as a network ({str(error)[:120]})") from None
    if found != (takes, gives):
        raise WeightsError(
            f"{path}: takes {found[0]} and gives {found[1]}, {takes} and {gives} are needed; give the matching weights"
        )
    options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1}
    run = openvino.Core().compile_model(model, "CPU", options).create_infer_request()
    return run, hashlib.sha256(path.read_bytes() + path.with_suffix(".bin").read_bytes()).hexdigest()


def _sides(port: Any) -> tuple[int, ...]:
    return tuple(int(side.get_length()) for side in list(port.partial_shape)[1:])
