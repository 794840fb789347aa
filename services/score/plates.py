"""`hanoi score plates`: plates read from labelled pictures and from painted vehicles, of which the signs are known."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from scipy.stats import binomtest

from vision.errors import VisionError
from vision.plates.labelled import read_labelled
from vision.plates.looks import SURE_LOOK
from vision.plates.open import open_plates
from vision.plates.reader import PlateReader
from vision.plates.track import read_parts
from vision.scenes.plate_gate import gate_tracks
from vision.scenes.plate_looks import PaintedLook, PaintedTrack, painted_tracks

BANDS_PX = (10, 14, 18, 24)
BANDS_DEG = (20, 35, 50)
GATE_S = 60.0


@dataclass
class Counts:
    """How often a plate was read as it is, left open, read as another."""

    exact: int = 0
    abstained: int = 0
    wrong: int = 0

    def add(self, read: str | None, truth: str) -> None:
        """Count one reading."""
        self.exact += read == truth
        self.abstained += read is None
        self.wrong += read is not None and read != truth

    def figures(self) -> dict[str, object]:
        """Return counts and shares with their 95 % intervals (Wilson)."""
        total = self.exact + self.abstained + self.wrong
        shares = {name: _interval(count, total) for name, count in (("exact", self.exact), ("wrong", self.wrong))}
        return {"of": total, "exact": self.exact, "abstained": self.abstained, "wrong": self.wrong, "percent": shares}


@dataclass
class Table:
    """Counts by what is said of a look or a track."""

    rows: dict[str, Counts] = field(default_factory=dict)

    def add(self, names: Iterator[str], read: str | None, truth: str) -> None:
        """Count one reading in each of its rows."""
        for name in names:
            self.rows.setdefault(name, Counts()).add(read, truth)

    def figures(self) -> dict[str, object]:
        """Return all rows in the order of their names."""
        return {name: self.rows[name].figures() for name in sorted(self.rows)}


def _interval(count: int, total: int) -> list[float]:
    """Return the share and its 95 % interval, percent."""
    if not total:
        return []
    between = binomtest(count, total).proportion_ci(method="wilson")
    return [round(100 * share, 2) for share in (count / total, float(between.low), float(between.high))]


@click.command()
@click.option("--weights", type=click.Path(path_type=Path), help="Folder from outside.  [default: the shipped]")
@click.option("--pictures", type=click.Path(path_type=Path), help="Folder of labelled pictures (images_gt.csv …).")
@click.option("--tracks", default=100, show_default=True, help="Painted vehicles, eight looks each; 0: none.")
@click.option("--legible", is_flag=True, help="Paint legible vehicles only: thousands take minutes.")
@click.option("--gates", default=0, show_default=True, help="Long lenses over living junctions, a minute each.")
@click.option("--seed", default=1, show_default=True, help="Of the painted vehicles and of the first junction.")
@click.option("--show", default=10, show_default=True, help="How many wrong ones to list.")
def plates(
    weights: Path | None, pictures: Path | None, tracks: int, legible: bool, gates: int, seed: int, show: int
) -> None:
    """Score plates: exact, abstained and wrong, for single looks and for votes over tracks.

    A painted plate is legible where the strokes of its signs are two pixels wide and wider than its blur, and it is
    turned away by 45 degrees at most and covered by nobody; that comes from the geometry, not from what was read.
    Painted vehicles stand alone; those of the gates drive in traffic, by rain too, and come through H.264.
    """
    figures: dict[str, object] = {"score": "plates"}
    try:
        reader = open_plates(weights)
        if pictures is not None:
            figures["pictures"] = score_pictures(reader, pictures)
    except (VisionError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if tracks:
        figures["painted"] = score_tracks(reader, painted_tracks(seed, tracks, is_legible=legible), show)
    if gates:
        figures["gates"] = score_tracks(reader, gate_tracks(seed, gates, GATE_S), show)
    click.echo(json.dumps(figures, indent=1))


def score_pictures(reader: PlateReader, folder: Path) -> dict[str, object]:
    """Read labelled pictures; each is one look, read with all care.

    Parameters
    ----------
    reader : PlateReader
        Reads.
    folder : Path
        See `read_labelled`.

    Returns
    -------
    dict
        Right and wrong ones of photographs and crops.
    """
    table: dict[str, dict[str, int]] = {}
    for picture in read_labelled(folder):
        row = table.setdefault("crops" if picture.is_crop else "photos", {"of": 0, "exact": 0, "wrong": 0})
        looks = [reader.read(picture.image)] if picture.is_crop else reader.find(picture.image)
        read = {look.text for look in looks if look.text and look.confidence >= SURE_LOOK}
        row["of"] += len(picture.texts)
        row["exact"] += len(read & picture.texts)
        row["wrong"] += len(read - picture.texts)
    return dict(table)


def score_tracks(reader: PlateReader, tracks: Iterable[PaintedTrack], show: int) -> dict[str, object]:
    """Read painted plates.

    Parameters
    ----------
    reader : PlateReader
        Reads.
    tracks : iterable of PaintedTrack
        Vehicles.
    show : int
        How many wrong ones to list.

    Returns
    -------
    dict
        Tables of looks and of votes, milliseconds of processor time, wrong ones.
    """
    looks, votes, wrong, spent, counts = Table(), Table(), [], [0.0, 0.0], [0, 0]
    for number, track in enumerate(tracks, 1):
        for look in track.looks:
            began = time.process_time()
            found = reader.find(look.image, is_quick=True)[:1]
            spent[0] += time.process_time() - began
            sure = [one.text for one in found if one.text and one.confidence >= SURE_LOOK]
            looks.add(_rows(track, look), sure[0] if sure else None, track.text)
        began = time.process_time()
        reading, _ = read_parts(reader, [look.image for look in track.looks], track.label)
        spent[1] += time.process_time() - began
        counts = [counts[0] + len(track.looks), number]
        votes.add(_track_rows(track, reading.doubt), reading.text, track.text)
        if reading.text not in (None, track.text):
            wrong.append(f"{track.text} read as {reading.text} ({reading.confidence:.4f}, {reading.looks} looks)")
        click.echo(f"\r{number} vehicles, {len(wrong)} read wrongly", nl=False, err=True)
    per = [round(1000 * cpu_s / max(1, count), 1) for cpu_s, count in zip(spent, counts, strict=True)]
    return {
        "cpu_ms": {"look": per[0], "track": per[1]},
        "looks": looks.figures(),
        "votes": votes.figures(),
        "wrong": wrong[:show],
    }


def _rows(track: PaintedTrack, look: PaintedLook) -> Iterator[str]:
    yield f"all {_clear(look.plate.is_legible)}"
    yield f"hour {track.hour} {_clear(look.plate.is_legible)}"
    yield f"lines {track.lines} {_clear(look.plate.is_legible)}"
    yield f"signs px {_band(look.plate.sign_px, BANDS_PX)}"
    yield f"turn deg {_band(look.plate.turn_deg, BANDS_DEG)}"
    if look.plate.is_legible:
        yield f"legible signs px {_band(look.plate.sign_px, BANDS_PX)}"


def _track_rows(track: PaintedTrack, doubt: str | None) -> Iterator[str]:
    legible = _clear(track.is_legible)
    yield f"all {legible}"
    if doubt:
        yield f"doubt {doubt} {legible}"
    yield f"hour {track.hour} {legible}"
    yield f"{track.label} {track.lines} lines {legible}"


def _clear(is_legible: bool) -> str:
    return "legible" if is_legible else "illegible"


def _band(value: float, edges: tuple[int, ...]) -> str:
    low = max((edge for edge in edges if value >= edge), default=0)
    high = min((edge for edge in edges if value < edge), default=None)
    return f"{low:02d}-{high:02d}" if high else f"{low:02d}+"
