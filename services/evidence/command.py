"""`hanoi evidence verify`."""

from pathlib import Path

import click

from vision.evidence.verify import verify_package


@click.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--key", "keys", multiple=True, help="Public key (hexadecimal) that must have sealed it; may repeat.")
def verify(package: Path, keys: tuple[str, ...]) -> None:
    """Verify a sealed evidence package; say where it was changed, and end with status 1 if it was."""
    if not package.is_file():
        raise click.ClickException(f"{package}: no such file; give the .zip of a sealed package")
    verdict = verify_package(package, set(keys) or None)
    for problem in verdict.problems:
        click.echo(f"CHANGED  {problem.file or f'byte {problem.at} of the ZIP'}: {problem.text}")
    if not verdict.ok:
        raise SystemExit(1)
    click.echo(f"INTACT   {package}: {verdict.text}")
    if not keys:
        click.echo("The key was not compared with one you know; give --key to do so.")
