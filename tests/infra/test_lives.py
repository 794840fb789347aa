"""What infra/lives.sh takes for a running process."""

import subprocess
import time

from tests.data import ROOT


def lives(pid: int) -> bool:
    script = f". {ROOT / 'infra' / 'lives.sh'}; lives {pid}"
    return subprocess.run(["bash", "-euo", "pipefail", "-c", script]).returncode == 0


def test_a_running_process_lives_and_one_that_nobody_has_buried_does_not():
    child = subprocess.Popen(["sleep", "60"])
    assert lives(child.pid)
    child.kill()
    deadline = time.monotonic() + 10  # the kernel has it ended at once; it stays in the table until `wait`
    while lives(child.pid) and time.monotonic() < deadline:
        pass
    assert not lives(child.pid)
    child.wait()
    assert not lives(child.pid)
