"""`hanoi status`."""

import shutil
import sys
import time
from pathlib import Path

import click
import msgspec

from services.run.report import list_rows, measure, table_lines
from services.run.status import RunStatus, find_status
from services.settings import Settings, SettingsError

WATCH_EVERY_S = 2.0
NOTHING_RUNS = 3


@click.command()
@click.option("--var", "var_dir", type=click.Path(path_type=Path), help="Folder for all that lives.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@click.option("--watch", is_flag=True, help="Show it anew every two seconds, until Ctrl-C.")
def status(var_dir: Path | None, as_json: bool, watch: bool) -> None:
    """Show which services run and how they fare.

    Exit code: 0 all is well, 1 a service is down or not ready, 3 nothing runs.
    """
    try:
        folder = (var_dir or Settings().run.var_dir).resolve() / "run"
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    while watch:
        click.clear()
        show(folder, as_json=as_json)
        try:
            time.sleep(WATCH_EVERY_S)
        except KeyboardInterrupt:
            sys.exit(0)
    sys.exit(show(folder, as_json=as_json))


def show(folder: Path, *, as_json: bool) -> int:
    """Write the state of what runs on a folder; return the exit code.

    Parameters
    ----------
    folder : Path
        ``var/run``.
    as_json : bool
        Write for machines.

    Returns
    -------
    int
        0, 1 or 3.
    """
    found = find_status(folder)
    if found is None:
        nothing = f"nothing runs in {folder.parent}; start it with `hanoi run` or `make run`"
        click.echo('{"running":false}' if as_json else nothing)
        return NOTHING_RUNS
    pids = sorted({service.pid for service in found.services if service.pid} | {found.pid})
    usage = measure(pids)
    rows = list_rows(found, usage, time.time_ns() // 1_000_000)
    memory_mib = sum(used.memory_mib for used in usage.values())
    if as_json:
        body = {"running": True, "city": found.city, "urls": found.urls, "pid": found.pid, "plan": found.plan,
                "started_ms": found.started_ms, "memory_mib": round(memory_mib, 1), "services": rows}  # fmt: skip
        click.echo(msgspec.json.encode(body).decode())
    else:
        _write_table(found, table_lines(rows, colour=sys.stdout.isatty(), width=_width()), memory_mib)
    return 0 if all(row.ready or row.state in ("idle", "ended") for row in rows) else 1


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def _write_table(found: RunStatus, lines: list[str], memory_mib: float) -> None:
    listening = ", ".join(f"{name} {url}" for name, url in found.urls.items())
    click.echo(f"city {found.city}: {listening}")
    if found.plan:
        click.echo(found.plan)
    click.echo("")
    for line in lines:
        click.echo(line)
    click.echo(f"\nmemory of all {memory_mib:,.0f} MiB; {chr(34)} = shared with the service above of the same process")
