"""What cameras at junctions would see: SUMO's lane-area detectors, the lanes of each view put together.

Hanoi has 1,837 cameras at 195 junctions, nine each: the approaches and the exits.
"""

import csv
import gzip
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from tests.sumo.network import Net

VIEW_M = 120.0
# Shorter pieces lie within a junction.
LEAST_EDGE_M = 20.0
PERIOD_S = 30
COLUMNS = ("edge", "view", "begin_s", "end_s", "flow", "occupancy", "speed_mps", "standing_s")


def add_cameras(root: ET.Element, net: Net, file: Path) -> None:
    """Write detectors over the first and the last 120 metres of each lane: approaches and exits of junctions."""
    for name, edge in sorted(net.edges.items()):
        if edge.length_m < LEAST_EDGE_M:
            continue
        view = min(VIEW_M, edge.length_m / 2 - 0.2)
        for end, begin in (("out", 0.1), ("in", edge.length_m - view - 0.1)):
            for lane in edge.lanes:
                ET.SubElement(
                    root, "laneAreaDetector", id=f"{name}|{end}|{lane}", lane=f"{name}_{lane}", pos=f"{begin:.1f}",
                    endPos=f"{begin + view:.1f}", period=str(PERIOD_S), file=str(file), friendlyPos="true",
                )  # fmt: skip


def write_counts(detectors: Path, file: Path) -> None:
    """Put the lanes of each edge and interval together.

    Parameters
    ----------
    detectors : Path
        What SUMO wrote.
    file : Path
        CSV, gzipped: vehicles that left the view by its end, mean share of the view that is covered, mean speed,
        longest stand of a vehicle in it in seconds.
    """
    rows: dict[tuple[float, str, str], list[tuple[float, ...]]] = defaultdict(list)
    ends: dict[float, float] = {}
    for _, item in ET.iterparse(detectors):
        if item.tag == "interval":
            begin = float(item.get("begin", 0))
            ends[begin] = float(item.get("end", 0))
            edge, view, _ = item.get("id", "").split("|")
            rows[begin, edge, view].append((
                float(item.get("nVehLeft", 0)), float(item.get("meanOccupancy", 0)) / 100.0,
                max(float(item.get("meanSpeed", -1)), 0.0), float(item.get("sampledSeconds", 0)),
                float(item.get("maxHaltingDuration", 0)),
            ))  # fmt: skip
            item.clear()
    with gzip.open(file, "wt", newline="", encoding="utf-8", compresslevel=6) as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for (begin, edge, view), lanes in sorted(rows.items()):
            sampled = sum(lane[3] for lane in lanes)
            speed = sum(lane[2] * lane[3] for lane in lanes) / sampled if sampled else None
            table.writerow([
                edge, view, begin, ends[begin], int(sum(lane[0] for lane in lanes)),
                round(min(sum(lane[1] for lane in lanes) / len(lanes), 1.0), 4),
                "" if speed is None else round(speed, 2), max(lane[4] for lane in lanes),
            ])  # fmt: skip
