"""`hanoi bench evidence`: sealing and verifying beside one SHA-256 and Python's own zip of the same bytes, in turn."""

import hashlib
import io
import time
import zipfile
from collections.abc import Callable

import click
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.violation import Candidate, PlateReading
from services.bench.report import Figure, print_report
from vision.evidence.keys import SealingKey
from vision.evidence.package import Link, seal
from vision.evidence.parts import Parts, describe
from vision.evidence.verify import verify_package

ROUNDS = 9


@click.command()
@click.option("--mebibytes", default=30, show_default=True, type=click.IntRange(1, 500), help="Size of the clip.")
def evidence(mebibytes: int) -> None:
    """Time sealing and verifying of one package; the better half of nine turns."""
    clip = np.random.default_rng(1).bytes(mebibytes << 20)
    key = SealingKey(Ed25519PrivateKey.generate())
    sealed = _seal(clip, key)
    if not verify_package(sealed).ok:
        raise click.ClickException("the package that was sealed does not verify; this is a fault of the program")
    acts: dict[str, Callable[[], object]] = {
        "seal": lambda: _seal(clip, key),
        "verify": lambda: verify_package(sealed),
        "naive seal": lambda: _naive(clip),
        "naive verify": lambda: _naive_verify(naive),
    }
    naive = _naive(clip)
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            began = time.process_time()
            act()
            times[name].append((time.process_time() - began) * 1000)
    ms = {name: round(sorted(taken)[: ROUNDS // 2 + 1][-1], 1) for name, taken in times.items()}
    print_report(
        "evidence",
        [
            Figure("seal_ms", "ms of processor", ms["seal"], "SHA-256 and zipfile", ms["naive seal"], "ours <= 100"),
            Figure(
                "verify_ms", "ms of processor", ms["verify"], "zipfile and SHA-256", ms["naive verify"], "ours <= 300"
            ),
        ],
    )


def _seal(clip: bytes, key: SealingKey) -> bytes:
    """Hash, sign and pack, as the detector does it once the clip is joined."""
    about = {"candidate_id": "bench", "camera_id": "BENCH", "files": [describe("clip.mp4", clip)]}
    return seal(Parts(_candidate(), {"clip.mp4": clip}, about), key, Link()).data


def _naive(clip: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        package.writestr("clip.mp4", clip)
        package.writestr("clip.sha256", hashlib.sha256(clip).hexdigest())
    return out.getvalue()


def _naive_verify(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return hashlib.sha256(package.read("clip.mp4")).hexdigest() == package.read("clip.sha256").decode()


def _candidate() -> Candidate:
    return Candidate(
        candidate_id="bench",
        camera_id="BENCH",
        rule="red_light",
        approach_id="a",
        track_id=1,
        time_ms=1_700_000_000_000,
        frame=1,
        box=(0.0, 0.0, 1.0, 1.0),
        road_user="car",
        confidence=0.9,
        uncertainty_s=0.0,
        measured={},
        plate=PlateReading(text=None, confidence=0.0, looks=0),
        timeline=(),
        track=(),
        exceptions={},
        versions={},
    )
