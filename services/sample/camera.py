"""The sample's cameras: one rendered junction, and the city's largest junctions, where cameras only count."""

from pathlib import Path

import numpy as np

from services.sample.points import POINTS
from services.sample.roads import Road
from services.sample.streets import Place, stretches, to_metres
from vision.scenes.street import street_camera_yaml

CAMERA_ID = "C-001"
NAME = ("Hàng Bài – Lý Thường Kiệt (dựng hình)", "Hang Bai – Ly Thuong Kiet (rendered)")
PLACE = "hang_bai_ltk"
# In the street that the sample of seed 1 shows somebody soon runs a red light: a first case after half a minute.
EVENTFUL = 12
# The city watches this many junctions (its control centre, 2025); which ones is not published.
JUNCTIONS = 195
WEIGHT = {"trunk": 4, "primary": 3, "secondary": 2, "tertiary": 1}
SAME_DEG = 15.0
COMPASS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")

# One arm of a junction: the road, where it leads (degrees from north), and whether traffic comes in by it.
Arm = tuple[Road, float, bool]


def camera_files(folder: Path, seed: int) -> tuple[Path, ...]:
    """Write the camera files: the rendered junction, and a counting camera at each large junction.

    Parameters
    ----------
    folder : Path
        Where to write them.
    seed : int
        What the scene shows.

    Returns
    -------
    tuple of Path
        The files written.
    """
    lat, lon = POINTS[PLACE]
    files = {CAMERA_ID: street_camera_yaml(CAMERA_ID, NAME, (lon, lat), seed + EVENTFUL)}
    for number, (place, arms) in enumerate(main_junctions(), 1):
        camera_id = f"J-{number:03d}"
        files[camera_id] = _counting_yaml(camera_id, place, arms)
    for camera_id, text in files.items():
        (folder / f"{camera_id}.yaml").write_text(text, encoding="utf-8")
    return tuple(folder / f"{camera_id}.yaml" for camera_id in files)


def main_junctions() -> list[tuple[Place, list[Arm]]]:
    """Return the largest junctions of main roads with their arms, the largest first; the rendered one is left out."""
    arms: dict[Place, list[Arm]] = {}
    for stretch in stretches():
        if stretch.road.bridge or stretch.road.kind not in WEIGHT:
            continue
        for place, beside, comes_in in (
            (stretch.start, stretch.line[1], not stretch.road.oneway),
            (stretch.end, stretch.line[-2], True),
        ):
            arm = (stretch.road, _bearing_deg(place, beside), comes_in)
            if not any(_is_same_arm(arm, other) for other in arms.setdefault(place, [])):
                arms[place].append(arm)
    large = [
        (place, at)
        for place, at in arms.items()
        if len(at) >= 3 and place != POINTS[PLACE] and sum(comes_in for *_, comes_in in at) >= 2
    ]
    return sorted(large, key=lambda one: (-sum(_size(road) for road, *_ in one[1]), one[0]))[:JUNCTIONS]


def _is_same_arm(arm: Arm, other: Arm) -> bool:
    """Return whether two roads of one direction lie on one another; the network has one edge for both."""
    return arm[2] == other[2] and abs((arm[1] - other[1] + 180) % 360 - 180) < SAME_DEG


def _size(road: Road) -> int:
    return WEIGHT[road.kind] * road.lanes


def _bearing_deg(place: Place, beside: Place) -> float:
    east, north = np.diff(to_metres([place, beside]), axis=0)[0]
    return float(np.degrees(np.arctan2(east, north)) % 360)


def _counting_yaml(camera_id: str, place: Place, arms: list[Arm]) -> str:
    roads = dict.fromkeys(road.name for road, *_ in sorted(arms, key=lambda arm: -_size(arm[0])))
    lines = [
        "# A junction where the sample counts simulated traffic; no camera hangs there and no picture is made.",
        f"id: {camera_id}",
        f'name: "{" – ".join(list(roads)[:2])}"',
        f"position: [{place[1]}, {place[0]}]",
        "approaches:",
    ]
    taken: dict[str, int] = {}
    for _, out_deg, _ in sorted((arm for arm in arms if arm[2]), key=lambda arm: arm[1]):
        side = COMPASS[round(out_deg / 45) % 8]
        taken[side] = taken.get(side, 0) + 1
        name = side if taken[side] == 1 else f"{side}-{taken[side]}"
        lines.append(f"  - {{id: {name}, bearing_deg: {round((out_deg + 180) % 360)}}}")
    return "\n".join(lines) + "\n"
