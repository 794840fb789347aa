"""`hanoi run`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from services.city.folder import CityError, CityFolder
from services.run.announce import Announcer
from services.run.console import Console
from services.run.machine import measure_load, measure_machine
from services.run.place import place_environment
from services.run.placement import Placed, PlacementError, describe, parse_workers, place
from services.run.ports import PortTakenError, refuse_taken_ports
from services.run.prepare import AWAY, Prepared
from services.run.services import SERVICES, choose_services
from services.run.status import AlreadyRunningError, RunLock, StatusFile
from services.run.supervisor import Supervisor
from services.run.telling import Telling
from services.settings import Settings, SettingsError

PREPARE_TIMEOUT_S = 120
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0
LISTENING = {"ingest": "doors", "api": "pages"}
var_option = click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder for all that lives.")


@click.command()
@click.option("--city", "city_dir", type=click.Path(path_type=Path), help="The city folder.")
@click.option("--only", multiple=True, metavar="NAME", help=f"Start this service only ({', '.join(SERVICES)}).")
@click.option("--repeat-calendar", is_flag=True, help="Map each weekday of an ended calendar onto this week.")
@click.option("--simulate/--no-simulate", default=None, help="Drive simulated buses (a sample city does by itself).")
@click.option("--workers", metavar="NAME=N,...", help="Processes of a service that can share its work: detect=2.")
@click.option("--together", "placement", flag_value="together", help="As few processes as can be: least memory.")
@click.option("--apart", "placement", flag_value="apart", help="One process a service: most cores.")
@var_option
def run(
    city_dir: Path | None,
    only: tuple[str, ...],
    repeat_calendar: bool,
    simulate: bool | None,
    workers: str | None,
    placement: str | None,
    var_dir: Path | None,
) -> None:
    """Run every service of a city under one supervisor, until Ctrl-C.

    How services are distributed over processes is chosen by cores, memory, buses and cameras, and said.
    """
    try:
        settings = _settle_in(var_dir, city_dir, repeat_calendar=repeat_calendar)
        city = CityFolder(settings.place.city_dir)
        services = choose_services(only, city, settings.run.simulate or None if simulate is None else simulate)
        if any(service.name == "simulate" for service in services):
            os.environ["HANOI_RUN_SIMULATE"] = "true"
        lacking = {service.name: reason for service in services if (reason := service.lacking(city))}
        able = [service for service in services if service.name not in lacking]
        machine, load = measure_machine(), measure_load(city)
        asked = parse_workers(settings.run.workers if workers is None else workers, able)
        plan = place(able, machine, load, workers=asked, placement=placement or settings.run.placement)
        with RunLock(settings.run.var_dir / "run"):
            code = _supervise(settings, city, plan, describe(plan, machine, load), lacking)
    except (SettingsError, CityError, AlreadyRunningError, PlacementError, PortTakenError) as error:
        raise click.ClickException(str(error)) from error
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from error
    sys.exit(code)


def _settle_in(var_dir: Path | None, city_dir: Path | None, *, repeat_calendar: bool = False) -> Settings:
    var = var_dir or Settings().run.var_dir
    os.environ.update(place_environment(os.environ, var, city_dir, repeat_calendar=repeat_calendar))
    return Settings()


def _supervise(settings: Settings, city: CityFolder, plan: list[Placed], said: str, lacking: dict[str, str]) -> int:
    names = [service.name for placed in plan for service in placed.services]
    doors = {name: door(settings) for name in names if (door := SERVICES[name].door)}
    refuse_taken_ports(doors)
    var = settings.run.var_dir
    console = Console(var / "logs", as_json=settings.log.json_lines)
    urls = {page: doors[name] for name, page in LISTENING.items() if name in doors}
    status = StatusFile(var / "run", str(city.root), urls, said)
    supervisor = Supervisor(plan, console, status, hang_s=settings.run.hang_s)
    supervisor.say(f"city {city.city.name.en} ({city.root}), {city.city.origin}")
    prepared = prepare_in_process(supervisor.say, with_code="api" in names)
    supervisor.say(f"store {prepared.store}, log {settings.place.stream_url.split('@')[-1]}")
    supervisor.say(said)
    for name, reason in lacking.items():
        supervisor.leave_out(name, reason)
    announcer = Announcer(supervisor.say, _lines(urls, prepared.setup_code))
    try:
        with Telling(supervisor, settings) as telling:
            return supervisor.run(announcer.look, telling.look)
    finally:
        console.close()


def _lines(urls: dict[str, str], code: str | None) -> dict[str, str]:
    lines: dict[str, str] = {}
    if doors := urls.get("doors"):
        lines[doors] = f"doors are open: {doors}  (API at {doors}/docs)"
    if pages := urls.get("pages"):
        admin = f"; first admin: {pages}/login with the set-up code {code}" if code else ""
        lines[pages] = f"pages are ready: {pages}{admin}"
    return lines


def prepare_in_process(say: Callable[[str], None], *, with_code: bool) -> Prepared:
    """Migrate the store and make the topics in a process of their own, so that their memory is given back.

    While the log or the database is away it is said and tried again.

    Parameters
    ----------
    say : callable
        Told what is waited for.
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
    wait_s = FIRST_WAIT_S
    while (done := _prepare_once(with_code=with_code)).returncode == AWAY:
        say(f"waits: {_words(done.stderr)}; next try in {wait_s:.0f} s, Ctrl-C ends")
        time.sleep(wait_s)
        wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
    if done.returncode:
        raise click.ClickException(_words(done.stderr))
    return msgspec.json.decode(done.stdout, type=Prepared)


def _words(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()


def _prepare_once(*, with_code: bool) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "services.run.prepare", *(["--with-code"] if with_code else [])]
    try:
        return subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, check=False, timeout=PREPARE_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise click.ClickException(
            f"log or database did not answer within {PREPARE_TIMEOUT_S} s: check STREAM_URL and DATABASE_URL"
        ) from None
