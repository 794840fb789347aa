"""`hanoi doctor`."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from services.doctor.city import look_at_city
from services.doctor.finding import Finding, found, ok
from services.doctor.machine import look_at_machine
from services.doctor.parts import look_at_parts
from services.doctor.programs import look_at_programs
from services.run.place import place_environment
from services.settings import Settings, SettingsError

MARKS = {"ok": "✓", "note": "·", "warn": "!", "missing": "✗"}
COLOURS = {"ok": "green", "note": None, "warn": "yellow", "missing": "red"}
WORDS = {
    "vi": {"ok": "tốt", "note": "lưu ý", "warn": "cần sửa", "missing": "thiếu"},
    "en": {"ok": "ok", "note": "note", "warn": "warning", "missing": "missing"},
}
ENDS = {
    "vi": ("Máy này chạy được thành phố.", "Máy này chưa chạy được: {n} điều còn thiếu."),
    "en": ("This machine can run the city.", "This machine cannot run the city yet: {n} things are missing."),
}


@click.command()
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder for all that lives.")
@click.option("--city", "city_dir", type=click.Path(path_type=Path), help="The city folder.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language.  [default: as LANG says]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in both languages, for machines.")
def doctor(var_dir: Path | None, city_dir: Path | None, lang: str | None, as_json: bool) -> None:
    """Say what is missing on this machine and how to get it.

    Exit code: 0 if the city can run, 1 if something it needs is missing.
    """
    lang = lang or language_of(os.environ)
    findings: list[Finding] = []
    for finding in examine(var_dir, city_dir):
        findings.append(finding)
        if not as_json:
            _tell(finding, lang)
    missing = sum(finding.level == "missing" for finding in findings)
    if as_json:
        click.echo(msgspec.json.encode({"ok": not missing, "findings": findings}).decode())
    else:
        click.echo("\n" + ENDS[lang][1 if missing else 0].format(n=missing))
    sys.exit(1 if missing else 0)


def language_of(environ: "os._Environ[str] | dict[str, str]") -> str:
    """Return ``vi`` where the environment's language is Vietnamese, else ``en``."""
    said = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "vi" if said.lower().startswith("vi") else "en"


def examine(var_dir: Path | None, city_dir: Path | None) -> Iterator[Finding]:
    """Look at everything, one after another; a look that fails is a finding too.

    Parameters
    ----------
    var_dir : Path, optional
        Folder for all that lives.
    city_dir : Path, optional
        The city folder.

    Yields
    ------
    Finding
        One thing.
    """
    environ = dict(os.environ)
    settings = None
    problem = None
    try:
        var = var_dir or Settings(environ).run.var_dir
        settings = Settings(place_environment(environ, var, city_dir))
    except SettingsError as error:
        problem, var = str(error), var_dir or Path("var")
    yield from _look("python", lambda: look_at_programs(var))
    yield from _look("machine", lambda: look_at_machine(var.resolve()))
    if settings is None:
        text = (problem or "").replace("\n ", "")
        yield found("settings", "missing", (text, text), ("hanoi settings", "hanoi settings"))
        return
    known = settings
    yield ok("settings", "dùng được", "can be used")
    yield from _look("city", lambda: look_at_city(known))
    yield from _look("parts", lambda: look_at_parts(known))


def _look(what: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - a doctor who falls over helps nobody
        text = f"{type(error).__name__}: {error}"
        return [found(what, "warn", (f"không kiểm tra được: {text}", f"could not be looked at: {text}"))]


def _tell(finding: Finding, lang: str) -> None:
    text = finding.text.vi if lang == "vi" else finding.text.en
    head = click.style(f"{MARKS[finding.level]} {WORDS[lang][finding.level]:<8}", fg=COLOURS[finding.level])
    click.echo(f"{head} {finding.what:<12} {text}")
    if finding.mend is not None:
        click.echo(f"{'':<24}→ {finding.mend.vi if lang == 'vi' else finding.mend.en}")
