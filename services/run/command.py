"""`hanoi run` and `hanoi status`."""

import os
import subprocess
import sys
import time
from pathlib import Path

import click
import msgspec

from services.city.folder import CityError, CityFolder
from services.run.announce import Announcer, takes_connections
from services.run.console import Console
from services.run.place import place_environment
from services.run.prepare import Prepared
from services.run.services import SERVICES, Service, choose_services
from services.run.status import AlreadyRunningError, RunLock, StatusFile, find_status
from services.run.supervisor import Supervisor
from services.settings import Settings, SettingsError

PREPARE_TIMEOUT_S = 120
LISTENING = {"api": "pages", "ingest": "doors"}
var_option = click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder for all that lives.")


@click.command()
@click.option("--city", "city_dir", type=click.Path(path_type=Path), help="The city folder.")
@click.option("--only", multiple=True, metavar="NAME", help=f"Start this service only ({', '.join(SERVICES)}).")
@click.option("--repeat-calendar", is_flag=True, help="Map each weekday of an ended calendar onto this week.")
@click.option("--simulate/--no-simulate", default=None, help="Drive simulated buses (a sample city does by itself).")
@var_option
def run(
    city_dir: Path | None, only: tuple[str, ...], repeat_calendar: bool, simulate: bool | None, var_dir: Path | None
) -> None:
    """Run every service of a city under one supervisor, until Ctrl-C."""
    try:
        settings = _settle_in(var_dir, city_dir, repeat_calendar=repeat_calendar)
        city = CityFolder(settings.place.city_dir)
        services = choose_services(only, city, settings.run.simulate or None if simulate is None else simulate)
        if any(service.name == "simulate" for service in services):
            os.environ["HANOI_RUN_SIMULATE"] = "true"
        with RunLock(settings.run.var_dir / "run"):
            code = _supervise(settings, city, [(service, service.lacking(city)) for service in services])
    except (SettingsError, CityError, AlreadyRunningError) as error:
        raise click.ClickException(str(error)) from error
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from error
    sys.exit(code)


def _settle_in(var_dir: Path | None, city_dir: Path | None, *, repeat_calendar: bool = False) -> Settings:
    var = var_dir or Settings().run.var_dir
    os.environ.update(place_environment(os.environ, var, city_dir, repeat_calendar=repeat_calendar))
    return Settings()


def _supervise(settings: Settings, city: CityFolder, services: list[tuple[Service, str | None]]) -> int:
    var = settings.run.var_dir
    console = Console(var / "logs", as_json=settings.log.json_lines)
    urls = {
        "pages": f"http://{settings.api.host}:{settings.api.port}",
        "doors": f"http://{settings.ingest.host}:{settings.ingest.port}",
    }
    supervisor = Supervisor(services, console, StatusFile(var / "run", str(city.root), urls))
    supervisor.say(f"city {city.city.name.en} ({city.root}), {city.city.origin}")
    names = [service.name for service, lacking in services if not lacking]
    refuse_taken_ports({name: urls[page] for name, page in LISTENING.items() if name in names})
    prepared = prepare_in_process(with_code="api" in names)

    supervisor.say(f"store {prepared.store}, log {settings.place.stream_url.split('@')[-1]}")
    lines: dict[str, str] = {}
    if "ingest" in names:
        lines[urls["doors"]] = f"doors are open: {urls['doors']}  (API at {urls['doors']}/docs)"
    if "api" in names:
        code = prepared.setup_code
        admin = f"; first admin: {urls['pages']}/login with the set-up code {code}" if code else ""
        lines[urls["pages"]] = f"pages are ready: {urls['pages']}{admin}"
    announcer = Announcer(supervisor.say, lines)
    try:
        return supervisor.run(announcer.look)
    finally:
        console.close()


def refuse_taken_ports(urls: dict[str, str]) -> None:
    """Stop before anything starts where another program listens on one of our ports.

    Parameters
    ----------
    urls : dict of str to str
        Service → where it will listen.

    Raises
    ------
    click.ClickException
        With the setting that names another port.
    """
    for name, url in urls.items():
        if takes_connections(url):
            setting = f"HANOI_{name.upper()}_PORT"
            raise click.ClickException(f"another program listens on {url}; stop it, or set {setting} to a free port")


def prepare_in_process(*, with_code: bool) -> Prepared:
    """Migrate the store and make the topics in a process of their own, so that their memory is given back.

    Parameters
    ----------
    with_code : bool
        Whether a code for the first admin is wanted.

    Returns
    -------
    Prepared
        What was made ready.

    Raises
    ------
    click.ClickException
        With the one line the process ended with.
    """
    command = [sys.executable, "-m", "services.run.prepare", *(["--with-code"] if with_code else [])]
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, check=False, timeout=PREPARE_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise click.ClickException(
            f"log or database did not answer within {PREPARE_TIMEOUT_S} s: check STREAM_URL and DATABASE_URL"
        ) from None
    if done.returncode:
        raise click.ClickException(done.stderr.decode("utf-8", "replace").strip())
    return msgspec.json.decode(done.stdout, type=Prepared)


@click.command()
@var_option
def status(var_dir: Path | None) -> None:
    """Show which services run and how they fare."""
    from services.run.report import report_lines

    try:
        folder = _settle_in(var_dir, None).run.var_dir / "run"
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    found = find_status(folder)
    if found is None:
        click.echo(f"nothing runs in {folder.parent}; start it with `hanoi run` or `make run`")
        sys.exit(3)
    for line in report_lines(found, folder, time.time_ns() // 1_000_000):
        click.echo(line)
