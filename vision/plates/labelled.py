"""Pictures of plates whose signs a person read: whole photographs, and crops of single plates."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vision.frames import Image

# The list in a folder, the columns of file and signs, and where its pictures lie.
LISTS = {"images": ("images_gt.csv", "image", "gt_plate_text"), "crops": ("crops_gt.csv", "crop", "text")}


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture and the plates in it; of a crop there is one."""

    name: str
    image: Image
    texts: frozenset[str]
    is_crop: bool


def read_labelled(folder: Path) -> Iterator[LabelledPicture]:
    """Read a folder with ``images_gt.csv`` (image, gt_plate_text) and ``crops_gt.csv`` (crop, text), either or both.

    Parameters
    ----------
    folder : Path
        The pictures lie in ``images`` and ``crops`` beside the lists.

    Yields
    ------
    LabelledPicture
        One after another.

    Raises
    ------
    ValueError
        If there is no list, a column or a picture is absent; the text says which.
    """
    if not any((folder / name).is_file() for name, _, _ in LISTS.values()):
        raise ValueError(f"{folder}: holds neither images_gt.csv nor crops_gt.csv; give a folder of labelled plates")
    for kind, (name, file, signs) in LISTS.items():
        if (folder / name).is_file():
            for picture, texts in _texts(folder / name, file, signs).items():
                data = cv2.imread(str(folder / kind / picture))
                if data is None:
                    raise ValueError(f"{folder / kind / picture}: no picture that can be read; {name} names it")
                yield LabelledPicture(picture, np.asarray(data, np.uint8), frozenset(texts), kind == "crops")


def _texts(path: Path, file: str, signs: str) -> dict[str, set[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if not {file, signs} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path}: has no columns {file} and {signs}")
        texts: dict[str, set[str]] = {}
        for row in rows:
            texts.setdefault(row[file], set()).add(row[signs])
        return texts
