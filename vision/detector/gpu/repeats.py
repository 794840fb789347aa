"""Repeats of one thing struck out of many pictures at once, without asking the processor in between."""

from typing import Any

# So often it is asked anew who stays. Chains of boxes, each struck out by the one before, are seldom longer.
ROUNDS = 8


def unrepeated(boxes: Any, groups: Any, alive: Any, overlap: float) -> tuple[Any, Any]:
    """Tell which boxes stay when repeats of better ones go, as `vision.detector.boxes.keep_best` does.

    Who stays is asked of an earlier answer again and again: a better box that stays strikes out its repeats. An answer
    that does not change any more is the one that striking out in order gives: of the first box it is right at once, and
    of each other one as soon as it is of those before it.

    Parameters
    ----------
    boxes : torch.Tensor
        n × k × 4, best first in each picture.
    groups : torch.Tensor
        n × k numbers; boxes of different groups do not strike out each other.
    alive : torch.Tensor
        n × k: whether a box is one at all.
    overlap : float
        Two boxes of a group that overlap more are the same thing.

    Returns
    -------
    stays : torch.Tensor
        n × k.
    is_settled : torch.Tensor
        n: whether the answer for a picture had ceased to change; else it must be found in order.
    """
    strikes = _strikes(boxes, groups, overlap)
    stays = before = alive
    for _ in range(ROUNDS):
        before, stays = stays, alive & ~(strikes & stays[:, :, None]).any(1)
    return stays, (stays == before).all(1)


def _strikes(boxes: Any, groups: Any, overlap: float) -> Any:
    """Return which box (second axis) is a better repeat of which (third)."""
    wide, high = ((boxes[:, :, side + 2] - boxes[:, :, side]).clamp(min=0) for side in (0, 1))
    inner = _shared(boxes, 0) * _shared(boxes, 1)
    area = wide * high
    union = area[:, :, None] + area[:, None, :] - inner
    same = groups[:, :, None] == groups[:, None, :]
    return ((inner / union.clamp(min=1e-9) > overlap) & same).triu(1)


def _shared(boxes: Any, side: int) -> Any:
    """Return how long each two boxes lie over each other along an axis."""
    first, last = boxes[:, :, side], boxes[:, :, side + 2]
    end = last[:, :, None].minimum(last[:, None, :])
    return (end - first[:, :, None].maximum(first[:, None, :])).clamp(min=0)
