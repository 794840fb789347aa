"""One child process: started, read, stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from services.run.child import PARENT_ENV

# One BLAS thread a process: eight processes with a pool each would fight over the cores.
THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
READ_BYTES = 65_536


def child_environment(environ: Mapping[str, str], threads: int, health_port: int = 0, name: str = "") -> dict[str, str]:
    """Return a child's environment: ours, with few threads and few memory arenas.

    Parameters
    ----------
    environ : Mapping of str to str
        The supervisor's; what is set there stays.
    threads : int
        Threads of each numeric library.
    health_port : int
        Where it shall tell of its health; 0 for nowhere.
    name : str
        Its own name in the groups of the log: started again soon, it finds its partitions where it left them.

    Returns
    -------
    dict of str to str
        For `subprocess.Popen`.
    """
    defaults = dict.fromkeys(THREAD_SETTINGS, str(threads)) | {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}
    own = {"HANOI_HEALTH_PORT": str(health_port), PARENT_ENV: str(os.getpid())}
    return {**defaults, **environ, **own, **({"HANOI_STREAM_INSTANCE": name} if name else {})}


class Child:
    """A service's process and the unread rest of its last line.

    Parameters
    ----------
    command : list of str
        What to execute.
    environ : Mapping of str to str
        Its environment.
    """

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then stops the children in order.
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environ),
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.pipe = self._process.stdout.fileno()
        os.set_blocking(self.pipe, False)
        self._rest = b""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the exit code, ``None`` while it runs."""
        return self._process.poll()

    def read_lines(self, *, last: bool = False) -> Iterator[str]:
        """Yield the whole lines that have come.

        Parameters
        ----------
        last : bool
            The process has ended: also yield a line without its end.

        Yields
        ------
        str
            One line, without its end.
        """
        try:
            while data := os.read(self.pipe, READ_BYTES):
                *lines, self._rest = (self._rest + data).split(b"\n")
                for line in lines:
                    yield line.decode("utf-8", "replace").rstrip("\r")
        except (BlockingIOError, ValueError, OSError):
            pass
        if last and self._rest:
            yield self._rest.decode("utf-8", "replace")
            self._rest = b""

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process; to its whole session where that is SIGKILL."""
        try:
            if number == signal.SIGKILL:
                os.killpg(self.pid, number)
            elif self._process.poll() is None:
                self._process.send_signal(number)
        except ProcessLookupError:
            return

    def close(self) -> None:
        """Wait for the ended process and close its pipe."""
        self._process.wait()
        if self._process.stdout is not None and not self._process.stdout.closed:
            self._process.stdout.close()


def service_command(names: Sequence[str]) -> list[str]:
    """Return the command line of the process of one or more services."""
    return [sys.executable, "-m", "services.run.child", *names]
