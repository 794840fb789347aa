"""A recording, a running city and both ends of its path, ready to measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import httpx

from services.bench.path.drive import Driver
from services.bench.path.ledger import Ledger
from services.bench.path.listen import Listener
from services.bench.path.usage import Usage, read_usage
from services.ingest.tokens import TokenError, internal_token
from services.play.command import read_fixes, settings_of
from services.play.player import in_order
from services.play.sender import Sender, SendError
from services.recordings import RecordingError
from services.run.status import find_status
from services.settings import SettingsError

SOURCE = "bench"
TIMEOUT_S = 60.0
SETTLE_S = 15.0


@dataclass(frozen=True)
class Rig:
    """What a measurement needs."""

    driver: Driver
    ledger: Ledger
    listener: Listener
    supervisor_pid: int
    vehicles: int

    def settle(self, speed: float) -> None:
        """Play for some moments that do not count; ``click.ClickException`` if nothing comes out."""
        sent = self.driver.drive(SETTLE_S, speed).fixes
        if sent and not self.ledger.take():
            raise click.ClickException(
                f"none of {sent} fixes came out of the event stream within {SETTLE_S:.0f} s; a city that has seen "
                "later fixes shows no earlier ones, so begin with a fresh --var; else see `hanoi status`"
            )

    def usage(self) -> dict[str, Usage]:
        """Return what the city's processes use now."""
        return read_usage(self.supervisor_pid)


@contextmanager
def open_rig(positions: Path, var_dir: Path | None) -> Iterator[Rig]:
    """Open both ends of a running city.

    Parameters
    ----------
    positions : Path
        The recording to play.
    var_dir : Path or None
        Folder of the running city.

    Yields
    ------
    Rig
        Closed at the end.

    Raises
    ------
    click.ClickException
        If no city runs, or the recording or the doors cannot be used.
    """
    try:
        settings = settings_of(var_dir)
        status = find_status(settings.run.var_dir / "run")
        if status is None:
            raise click.ClickException("no city runs here; start one with `hanoi run --no-simulate`, or name its --var")
        fixes = in_order(read_fixes(positions, "auto", SOURCE, None)[0])
        if not fixes:
            raise click.ClickException(f"{positions} holds no fix")
        ledger = Ledger()
        token = internal_token(settings, SOURCE, player=True)
        with (
            httpx.Client(base_url=status.urls["doors"], timeout=TIMEOUT_S, trust_env=False) as writer,
            httpx.Client(base_url=status.urls["pages"], timeout=TIMEOUT_S, trust_env=False) as reader,
        ):
            listener = Listener(reader, ledger)
            listener.start()
            driver = Driver(fixes, Sender(writer, token), ledger, SOURCE)
            yield Rig(driver, ledger, listener, status.pid, len({fix.vehicle_id for fix in fixes}))
            listener.stop()
    except (SettingsError, RecordingError, TokenError, SendError, ConnectionError, httpx.HTTPError) as error:
        raise click.ClickException(str(error)) from error
