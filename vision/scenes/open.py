"""Which scene an address asks for."""

from urllib.parse import urlsplit

from vision.scenes.junction import JunctionScene
from vision.scenes.junction import open_scene as open_junction
from vision.scenes.street import StreetScene, open_street


def open_scene(source: str) -> JunctionScene | StreetScene:
    """Open a scene by its address.

    Parameters
    ----------
    source : str
        ``scene://street?…`` (painted in perspective) or ``scene://junction?…`` (plain shapes from straight above).

    Returns
    -------
    JunctionScene or StreetScene
        At its beginning.

    Raises
    ------
    VideoError
        If there is no such scene or a value is wrong.
    """
    return open_street(source) if urlsplit(source).netloc == "street" else open_junction(source)
