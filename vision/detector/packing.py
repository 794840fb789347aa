"""Rectangles laid on a sheet, shelf by shelf, the highest first."""

from collections.abc import Sequence

GAP_PX = 8


def pack(sizes: Sequence[tuple[int, int]], sheet: tuple[int, int]) -> list[tuple[int, int]] | None:
    """Find a place for each rectangle, none over another and a gap between them.

    Parameters
    ----------
    sizes : sequence of tuple of int
        Width and height of each.
    sheet : tuple of int
        Width and height of the sheet.

    Returns
    -------
    list of tuple of int or None
        Left and top of each; ``None`` where they do not fit.
    """
    places: dict[int, tuple[int, int]] = {}
    shelves: list[list[int]] = []  # top, height, and where the free part begins
    top = 0
    for i in sorted(range(len(sizes)), key=lambda i: (-sizes[i][1], -sizes[i][0])):
        width, height = sizes[i]
        shelf = next((each for each in shelves if each[2] + width <= sheet[0]), None)
        if shelf is None:
            if top + height > sheet[1] or width > sheet[0]:
                return None
            shelf = [top, height, 0]
            shelves.append(shelf)
            top += height + GAP_PX
        places[i] = (shelf[2], shelf[0])
        shelf[2] += width + GAP_PX
    return [places[i] for i in range(len(sizes))]
