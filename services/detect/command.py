"""`hanoi detect`: one recording through detector, tracks, rules and evidence, into files."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click
import msgspec
from rich.console import Console
from rich.progress import track

from services.detect.offline import Result, watch_recording
from services.evidence.stamps import Authority, open_authority
from services.public_address import public_address
from services.settings import Settings
from vision.camera import read_camera, with_source
from vision.detector.open import SHIPPED, canvas_sha256, open_detector, with_canvas
from vision.errors import EvidenceError, VisionError
from vision.evidence.collector import Claim, plain
from vision.evidence.keys import SealingKey, load_or_make_key
from vision.evidence.package import Link, seal, staple
from vision.evidence.parts import Parts
from vision.evidence.redacted import redact
from vision.evidence.verify import read_file
from vision.heads.detector import with_heads
from vision.plates.open import open_plates
from vision.tracks import Look


@click.command()
@click.option("--video", required=True, help="A recording (file or address) or scene://…")
@click.option("--camera", "camera_file", required=True, type=click.Path(path_type=Path), help="The camera file.")
@click.option(
    "--weights", default="scenes", show_default=True, help="OpenVINO folder, .onnx, .pt or .jsonl; scenes: the shipped."
)
@click.option(
    "--canvas/--whole", default=True, show_default=True, help="The road near and far alike tall, or whole frames."
)
@click.option("--plates", type=click.Path(path_type=Path), help="Folder with a plate detector; scenes: the shipped.")
@click.option("--key", type=click.Path(path_type=Path), help="Ed25519 key that seals; by default OUT/key.pem, made.")
@click.option("--seconds", type=float, help="Stop after so many seconds of the recording.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for what is found.")
def detect(
    video: str,
    camera_file: Path,
    weights: str,
    canvas: bool,
    plates: Path | None,
    key: Path | None,
    seconds: float | None,
    out: Path,
) -> None:
    """Run detector, tracks and rules over one video."""
    console = Console(stderr=True)
    try:
        camera = with_source(read_camera(camera_file), video)
        opened = open_detector(weights)
        detector = with_heads(with_canvas(opened) if canvas and not camera.is_scene else opened, camera)
        if weights == SHIPPED.name and not camera.is_scene:
            console.print("[yellow]the shipped weights know rendered scenes only; give --weights for a real street")
        if camera.start_ms is None and not camera.is_scene:
            console.print("[yellow]the camera file gives no clock.start; times count from 2000-01-01, not from the act")
        reader = open_plates(plates) if plates or camera.is_scene else None
        out.mkdir(parents=True, exist_ok=True)
        sealing = load_or_make_key(key or out / "key.pem")
        results = watch_recording(
            camera, detector, reader, seconds=seconds, on_bad=lambda text: console.print(f"[yellow]{text}")
        )
        summary = _write(
            out,
            _Sealer(sealing, open_authority(Settings().evidence)),
            track(results, description="watching", console=console, total=None),
        )
    except VisionError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{out}: cannot be written ({error}); make room or give another folder. Packages that lie there are whole"
        ) from error
    summary |= {"camera_id": camera.id, "public_key": sealing.public_hex, "model_sha256": detector.sha256}
    summary["canvas_sha256"] = canvas_sha256(detector)
    click.echo(msgspec.json.format(msgspec.json.encode(summary), indent=1).decode())


def _write(out: Path, sealer: "_Sealer", results: Iterable[Result]) -> dict[str, object]:
    evidence = out / "evidence"
    evidence.mkdir(exist_ok=True)
    frames, users = 0, set()
    rules: dict[str, int] = {}
    silent: dict[str, str] = {}
    with (
        (out / "tracks.jsonl").open("wb") as tracks,
        (out / "candidates.jsonl").open("wb") as candidates,
        (out / "counts.jsonl").open("wb") as counts,
    ):
        for result in results:
            frames += result.frames
            silent |= result.silent
            for look in result.looks:
                users.add(look.track_id)
                tracks.write(msgspec.json.encode(_look(look)) + b"\n")
            for row in result.counts:
                counts.write(msgspec.json.encode(row) + b"\n")
            for claim in result.claims:
                rules[claim.candidate.rule] = rules.get(claim.candidate.rule, 0) + 1
                _write_claim(candidates, evidence, claim, sealer)
    summary: dict[str, object] = {
        "frames": frames, "tracks": len(users), "candidates": dict(sorted(rules.items())), "out": str(out)
    }  # fmt: skip
    return summary | ({"silent": silent} if silent else {})


class _Sealer:
    """Seals the packages of one run, a chain of its own."""

    def __init__(self, key: SealingKey, authority: Authority | None) -> None:
        self.key, self._authority, self._link = key, authority, Link()

    def seal(self, parts: Parts) -> bytes:
        name = public_address(self._authority.url) if self._authority else None
        sealed = seal(parts, self.key, self._link, authority=name)
        self._link = Link(self._link.number + 1, sealed.manifest_sha256)
        if self._authority is None:
            return sealed.data
        try:
            return staple(sealed.data, self._authority.stamp(read_file(sealed.data, "manifest.json")))
        except EvidenceError as error:
            click.echo(f"{parts.candidate.candidate_id}: sealed without a time-stamp ({error})", err=True)
            return sealed.data


def _write_claim(candidates: BinaryIO, evidence: Path, claim: Claim, sealer: _Sealer) -> None:
    name = None
    if claim.parts is not None:
        name = f"evidence/{claim.candidate.candidate_id}.zip"
        package = sealer.seal(claim.parts)
        _write_whole(evidence.parent / name, package)
        (evidence.parent / "redacted").mkdir(exist_ok=True)
        _write_whole(evidence.parent / "redacted" / Path(name).name, redact(package, sealer.key).data)
    row = plain(claim.candidate)
    assert isinstance(row, dict)
    reading = row["plate"]
    row |= {"plate": reading.get("text"), "plate_reading": reading, "evidence": name, "problem": claim.problem}
    candidates.write(msgspec.json.encode(row) + b"\n")


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: half a package would pass for one that somebody changed."""
    part = path.with_suffix(".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _look(look: Look) -> dict[str, object]:
    return {
        "track_id": look.track_id,
        "time_ms": look.time_ms,
        "frame": look.frame,
        "box": [round(v, 1) for v in look.box],
        "confidence": round(look.confidence, 4),
        "label": look.label,
        "looks": look.looks,
    }
