"""`hanoi evidence verify`, `chain` and `stamp`."""

from pathlib import Path
from typing import Any

import click
from cryptography.x509 import Certificate

from services.evidence.audit import audit_chain
from services.evidence.chain import Chains
from services.evidence.stamps import Stamps, open_authority, read_roots
from services.media.errors import MediaError
from services.media.store import open_media
from services.settings import Settings
from vision.errors import EvidenceError
from vision.evidence.stamp import check_stamp
from vision.evidence.verifier import STAMP, check_chain
from vision.evidence.verify import read_file, verify_package


@click.command()
@click.argument("packages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--key", "keys", multiple=True, help="Public key (hexadecimal) that must have sealed it; may repeat.")
@click.option("--tsa-ca", type=click.Path(path_type=Path), help="PEM of the authority whose time-stamp each must bear.")
def verify(packages: tuple[Path, ...], keys: tuple[str, ...], tsa_ca: Path | None) -> None:
    """Verify sealed packages (or folders of them) and their chain.

    Says where one was changed, and which are missing between two of the same camera; ends with status 1 then.
    """
    links: list[tuple[dict[str, Any], str]] = []
    roots = _roots(tsa_ca) if tsa_ca else []
    whole = True
    for path in _files(packages):
        verdict = verify_package(path, set(keys) or None)
        whole &= verdict.ok
        for problem in verdict.problems:
            click.echo(f"CHANGED  {path}: {problem.file or f'byte {problem.at} of the ZIP'}: {problem.text}")
        if verdict.ok and verdict.manifest is not None and verdict.manifest_sha256 is not None:
            links.append((verdict.manifest, verdict.manifest_sha256))
            click.echo(f"INTACT   {path}: {verdict.text}")
            if roots:
                whole &= _check_stamp(path, roots)
    breaks = check_chain(links)
    for sentence in breaks:
        click.echo(f"CHAIN    {sentence}")
    if breaks or not whole:
        raise SystemExit(1)
    if not keys:
        click.echo("The key was not compared with one you know; give --key to do so.")


def _roots(path: Path) -> list[Certificate]:
    try:
        return read_roots(path)
    except EvidenceError as error:
        raise click.ClickException(str(error)) from error


def _check_stamp(path: Path, roots: list[Certificate]) -> bool:
    try:
        token, manifest = read_file(path, STAMP), read_file(path, "manifest.json")
    except KeyError:
        click.echo(f"NO TIME  {path}: bears no time-stamp")
        return False
    try:
        click.echo(f"TIME     {path}: stamped {check_stamp(token, manifest, roots)} by an authority that you trust")
    except EvidenceError as error:
        click.echo(f"CHANGED  {path}: {error}")
        return False
    return True


def _files(packages: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in packages:
        if path.is_dir():
            found += sorted(path.rglob("*.zip"))
        elif path.is_file():
            found.append(path)
        else:
            raise click.ClickException(f"{path}: no such file; give the .zip of a sealed package")
    if not found:
        raise click.ClickException(f"{packages[0]}: holds no .zip; give sealed packages or a folder of them")
    return found


@click.command()
@click.option("--camera", "cameras", multiple=True, help="Only this camera; may repeat.")
@click.option("--key", "keys", multiple=True, help="Public key (hexadecimal) that must have sealed them; may repeat.")
def chain(cameras: tuple[str, ...], keys: tuple[str, ...]) -> None:
    """Check every camera's chain of packages in the media store.

    Tells packages that are missing, changed, replaced or out of order, and ends with status 1 then. One that an officer
    rejected may be gone to make room; its number and hash stay in the chain.
    """
    settings = Settings()
    try:
        media = open_media(settings.place.media_url)
        reports = {
            camera_id: audit_chain(media, camera_id, set(keys) or None)
            for camera_id in cameras or Chains(media).list_cameras()
        }
    except MediaError as error:
        raise click.ClickException(str(error)) from error
    for camera_id, report in reports.items():
        click.echo(f"{camera_id}: {report.text}")
        for problem in report.problems:
            click.echo(f"  {problem}")
    if not reports:
        click.echo(f"No camera has sealed anything yet in {settings.place.media_url}.")
    if any(report.problems for report in reports.values()):
        raise SystemExit(1)


@click.command()
def stamp() -> None:
    """Ask the authority of HANOI_EVIDENCE_TSA_URL for every time-stamp that is still waited for."""
    settings = Settings()
    try:
        authority = open_authority(settings.evidence)
        if authority is None:
            raise click.ClickException("no authority; set HANOI_EVIDENCE_TSA_URL to the address of one")
        stamps = Stamps(open_media(settings.place.media_url))
        came = stamps.ask(authority)
    except (EvidenceError, MediaError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{came} packages were stamped; {len(stamps.list_waiting())} wait.")
