"""What the supervisor tells of itself: its own `/healthz` and `/metrics`, and where Prometheus finds every process."""

import contextlib
from types import TracebackType
from typing import Self

from services.health import HealthServer, ProcessHealth, ServiceHealth
from services.run import metrics
from services.run.supervisor import SUPERVISOR, Supervisor
from services.run.targets import TargetsFile
from services.settings import Settings


class Telling:
    """Tells while the supervisor runs.

    Parameters
    ----------
    supervisor : Supervisor
        Of whom.
    settings : Settings
        Where to listen, and where to write.
    """

    def __init__(self, supervisor: Supervisor, settings: Settings) -> None:
        self._supervisor = supervisor
        self._settings = settings
        self._targets = TargetsFile(settings.run.var_dir / "run")
        self._server: HealthServer | None = None

    def __enter__(self) -> Self:
        """Begin to listen; a port that is taken is said and done without."""
        health = self._settings.health
        try:
            self._server = HealthServer(health.host, health.port, self._report)
            self._supervisor.say(f"figures and health: http://{health.host}:{self._server.port}/metrics, /healthz")
        except OSError as error:
            self._supervisor.say(f"figures cannot be told on {health.host}:{health.port} ({error})", "warning")
        self.look()
        return self

    def look(self) -> None:
        """Bring the list of processes and the figures of the disk up to date."""
        ports = {post.name: post.port for post in self._supervisor.posts}
        with contextlib.suppress(OSError):  # a full disk is said by the supervisor; it is tried again each second
            self._targets.write({SUPERVISOR: self._server.port if self._server else 0, **ports})
            metrics.show_disk(self._settings.run.var_dir)

    def _report(self) -> ProcessHealth:
        services = tuple(
            ServiceHealth(name=s.name, state=s.state, ready=s.ready, reason=s.reason, restarts=s.restarts)
            for s in self._supervisor.statuses()
            if s.state not in ("idle", "ended")
        )
        return ProcessHealth(ready=all(service.ready for service in services), services=services)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop telling."""
        self._targets.remove()
        if self._server is not None:
            self._server.close()
