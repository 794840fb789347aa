"""Who stands before whom: an order of painting in which nothing nearer is covered by something farther."""

from collections.abc import Sequence

from vision.scenes.paint.lens import Lens, turn
from vision.scenes.paint.sight import Seen

Box = tuple[float, float, float, float]
Ground = tuple[tuple[float, float], ...]
TOUCH = -0.05


def painting_order(seen: Sequence[Seen], lens: Lens) -> list[int]:
    """Return the indexes of things, the farthest first.

    Where two overlap in the picture, a line along a side of one of their footprints that parts them decides: who is
    on the camera's side of it is nearer. Distance alone fails beside a long bus.

    Parameters
    ----------
    seen : sequence of Seen
        Things in the picture.
    lens : Lens
        The camera.

    Returns
    -------
    list of int
        Indexes into ``seen``.
    """
    by_depth = sorted(range(len(seen)), key=lambda i: -seen[i].depth_m)
    boxes = [one.box() for one in seen]
    behind: dict[int, set[int]] = {i: set() for i in range(len(seen))}
    grounds = [_footprint(one) for one in seen]
    eye = (float(lens.at[0]), float(lens.at[1]))
    for place, i in enumerate(by_depth):
        for j in by_depth[place + 1 :]:
            if _meet(boxes[i], boxes[j]):
                first, second = (i, j) if _is_behind(grounds[i], grounds[j], eye) else (j, i)
                behind[second].add(first)
    return _unrolled(by_depth, behind)


def _unrolled(by_depth: list[int], behind: dict[int, set[int]]) -> list[int]:
    """Put things in order; where they go round in a ring the farthest begins."""
    left, order = list(by_depth), []
    done: set[int] = set()
    while left:
        free = next((i for i in left if behind[i] <= done), left[0])
        left.remove(free)
        done.add(free)
        order.append(free)
    return order


def _meet(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _footprint(one: Seen) -> Ground:
    thing = one.thing
    length, width = thing.footprint or thing.model.size()[:2]
    cos, sin = turn(thing.heading_rad)
    corners = ((length, -width), (length, width), (-length, width), (-length, -width))  # anticlockwise
    return tuple((thing.x + (a * cos - b * sin) / 2, thing.y + (a * sin + b * cos) / 2) for a, b in corners)


def _is_behind(first: Ground, second: Ground, eye: tuple[float, float]) -> bool:
    """Return whether the first is behind the second; ``first`` has its middle farther away."""
    for mine, other, answer in ((first, second, True), (second, first, False)):
        for k in range(4):
            (ax, ay), (bx, by) = mine[k], mine[(k + 1) % 4]
            nx, ny = by - ay, ax - bx  # outwards
            limit = ax * nx + ay * ny
            if all(x * nx + y * ny - limit >= TOUCH for x, y in other):
                return answer if eye[0] * nx + eye[1] * ny > limit else not answer
    return True
