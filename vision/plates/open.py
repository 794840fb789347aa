"""Which plate reader some weights ask for."""

from pathlib import Path

from vision.plates.outside import OutsideFinder, OutsideSigns
from vision.plates.reader import PlateReader

SHIPPED = Path(__file__).parents[1] / "weights" / "plates"


def open_plates(folder: Path) -> PlateReader:
    """Open the plate reader of a folder.

    Parameters
    ----------
    folder : Path
        Holds a plate detector and a reader from outside.

    Returns
    -------
    PlateReader
        Ready.

    Raises
    ------
    WeightsError
        If one is absent or does not fit; the text says which.
    """
    return PlateReader(OutsideFinder(folder), OutsideSigns(folder))
