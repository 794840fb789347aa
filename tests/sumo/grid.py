"""A grid of streets with signals, laid where Hanoi lies."""

import gzip
from pathlib import Path

from tests.sumo.network import Net, read_net
from tests.sumo.tools import call

# Grids lie nowhere on Earth; the scorers need a place to speak of.
_PLACE = 'netOffset="-587000.00,-2324000.00"'
_FRAME = 'projParameter="+proj=utm +zone=48 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"'


def build_grid(folder: Path, size: int, length_m: float = 250.0) -> Net:
    """Build ``size`` x ``size`` junctions with signals, two lanes each way between them.

    Returns
    -------
    Net
        Its file is ``net.net.xml.gz`` in the folder.
    """
    plain = folder / "plain.net.xml"
    call(
        "netgenerate", "--grid", "--grid.number", size, "--grid.length", length_m, "--grid.attach-length", length_m,
        "-L", 2, "--default.speed", 13.89, "--default-junction-type", "traffic_light", "--no-turnarounds", "true",
        "--seed", 7, "-o", plain,
    )  # fmt: skip
    text = plain.read_text(encoding="utf-8")
    plain.unlink()
    text = text.replace('netOffset="0.00,0.00"', _PLACE).replace('projParameter="!"', _FRAME)
    if _PLACE not in text or _FRAME not in text:
        raise RuntimeError("netgenerate wrote a location that we do not know; look at tests/sumo/grid.py")
    file = folder / "net.net.xml.gz"
    file.write_bytes(gzip.compress(text.encode()))
    return read_net(file)
