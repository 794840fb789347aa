"""A YOLO's head without its last steps, which turn thousands of cells into boxes and tell classes nobody asks for.

What the network knows of each cell (how far the four sides are, as shares of 16 steps, and how sure each class is) is
taken as it is, for road users only, and boxes are reckoned for the few cells that are sure enough.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.detector.yolo import Parts

STEPS = 16
SIDES = 4 * STEPS
Floats = NDArray[np.float32]


def cut_head(model: Any, classes: int, kept: Sequence[int]) -> Any:
    """Return a copy of a network whose outputs are the sides of each level, then its kept classes.

    Parameters
    ----------
    model : openvino.Model
        With an output of 4 + classes rows.
    classes : int
        How many it tells.
    kept : sequence of int
        The numbers of those that are wanted.

    Returns
    -------
    openvino.Model or None
        ``None`` where its head is built in another way.
    """
    import openvino
    from openvino import opset13 as ops

    model = model.clone()
    ends: list[Any] = []
    _find_ends(model.get_results()[0], ends, set())
    sides = [end for end in ends if _rows(end) == SIDES]
    scores = [end for end in ends if _rows(end) == classes]
    if not sides or len(sides) != len(scores) or len(ends) != 2 * len(sides):
        return None
    for end in scores:
        _keep_classes(end, classes, kept)
    cut = openvino.Model([ops.result(end.output(0)) for end in sides + scores], model.get_parameters(), "cut")
    cut.validate_nodes_and_infer_types()
    return cut if {_rows(output) for output in cut.outputs[len(sides) :]} == {len(kept)} else None


def _find_ends(node: Any, ends: list[Any], seen: set[str]) -> None:
    """Collect the last convolutions (with what is added to them), going up from the network's end."""
    for each in node.inputs():
        source = each.get_source_output().get_node()
        if source.get_name() in seen or source.get_type_name() in {"ShapeOf", "Constant"}:
            continue
        seen.add(source.get_name())
        if source.get_type_name() == "Add" and source.output(0).partial_shape.rank.get_length() == 4:
            ends.append(source)
        else:
            _find_ends(source, ends, seen)


def _rows(of: Any) -> int | None:
    shape = (of.output(0) if hasattr(of, "inputs") else of).partial_shape
    return shape[1].get_length() if shape[1].is_static else None


def _keep_classes(node: Any, classes: int, kept: Sequence[int]) -> None:
    """Leave out the weights of classes that are not kept, from a last convolution and what is added to it."""
    from openvino import opset13 as ops

    is_convolution = node.get_type_name() == "Convolution"
    for each in node.inputs()[1:] if is_convolution else node.inputs():
        source = each.get_source_output().get_node()
        if source.get_type_name() != "Constant":
            _keep_classes(source, classes, kept)
        elif classes in list(source.shape)[:2]:
            axis = list(source.shape).index(classes)
            part = ops.constant(np.take(source.data, list(kept), axis), source.get_element_type())
            each.replace_source_output(part.output(0))


def raw_parts(outputs: Sequence[Floats], kept: Sequence[int], shape: tuple[int, int], lowest_score: float) -> Parts:
    """Turn the outputs of a cut network into boxes.

    Parameters
    ----------
    outputs : sequence of ndarray
        1 × 64 × h × w of each level, then 1 × kept × h × w of each.
    kept : sequence of int
        Class numbers.
    shape : tuple of int
        Height and width of the network's input.
    lowest_score : float
        What is less sure is left out.

    Returns
    -------
    tuple of ndarray
        Boxes (left, top, right, bottom, pixels of the input), scores, class numbers.
    """
    least = np.float32(np.log(lowest_score / (1 - lowest_score)))
    half = len(outputs) // 2
    sides_of, scores_of = (sorted(part, key=lambda each: each.shape[2]) for part in (outputs[:half], outputs[half:]))
    pairs = zip(sides_of, scores_of, strict=True)
    levels = [_cells(sides[0], scores[0], shape[0], least) for sides, scores in pairs]
    boxes, sure, best = (np.concatenate(parts) for parts in zip(*levels, strict=True))
    scores = (1 / (1 + np.exp(-sure))).astype(np.float32)
    return boxes, scores, np.array(kept, np.int64)[best]


def _cells(sides: Floats, scores: Floats, height: int, least: np.float32) -> tuple[Floats, Floats, NDArray[np.int64]]:
    columns = scores.shape[2]
    stride = np.float32(height / scores.shape[1])
    flat = scores.reshape(len(scores), -1)
    sure = np.flatnonzero(flat.max(0) >= least)
    best = flat[:, sure].argmax(0)
    shares = np.exp(sides.reshape(SIDES, -1)[:, sure].T.reshape(-1, 4, STEPS))
    far = (shares @ np.arange(STEPS, dtype=np.float32)) / shares.sum(2)
    middle = np.stack([sure % columns, sure // columns], 1).astype(np.float32) + np.float32(0.5)
    boxes = np.concatenate([middle - far[:, :2], middle + far[:, 2:]], 1) * stride
    return boxes.astype(np.float32), flat[best, sure], best
