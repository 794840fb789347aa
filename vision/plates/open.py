"""Which plate reader some weights ask for."""

from pathlib import Path

from vision.plates.outside import OutsideFinder
from vision.plates.own import OwnFinder, OwnSigns
from vision.plates.reader import PlateReader

SHIPPED = Path(__file__).parents[1] / "weights" / "plates"


def open_plates(folder: Path | None) -> PlateReader:
    """Open the plate reader that some weights belong to.

    Parameters
    ----------
    folder : Path or None
        Holds a plate detector from outside; ``None``: the shipped one, which knows painted vehicles only. The reader
        of signs is the shipped one.

    Returns
    -------
    PlateReader
        Ready.

    Raises
    ------
    WeightsError
        If one is absent or does not fit; the text says which.
    """
    finder = OwnFinder(SHIPPED / "finder") if folder is None else OutsideFinder(folder)
    return PlateReader(finder, OwnSigns(SHIPPED / "reader"))
