"""What must be installed: Python, libraries, pages; and what only some need: Java, Kafka, PostGIS, Chromium."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from services.doctor.finding import Finding, found, ok

ROOT = Path(__file__).parents[2]
LEAST_PYTHON = (3, 11)
LEAST_JAVA = 17
VERSION_TIMEOUT_S = 20.0
DISTRIBUTED = ("chỉ cần cho `make distributed`", "only needed for `make distributed`")
TESTS = ("chỉ cần cho `make test` và `make shots`", "only needed for `make test` and `make shots`")


def look_at_programs(var: Path) -> list[Finding]:
    """Look at what is installed, and for what it is needed."""
    return [_python(), _libraries(), _pages(), _java(), _kafka(var), _postgis(), _chromium(), _prometheus()]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= LEAST_PYTHON:
        return ok("python", f"{version}, {sys.executable}")
    return found("python", "missing", (version, version), ("cần 3.11 trở lên", "3.11 or newer is needed"))


def missing_libraries(requirements: list[str], version: Callable[[str], str] = importlib.metadata.version) -> list[str]:
    """Return the names of libraries that are required and not installed."""
    missing = []
    for line in requirements:
        if "extra ==" in line:
            continue
        name = re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]
        try:
            version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return missing


def _libraries() -> Finding:
    try:
        required = importlib.metadata.requires("hanoi-traffic") or []
    except importlib.metadata.PackageNotFoundError:
        return found("libraries", "missing", ("chưa cài đặt", "not set up"), ("make setup", "make setup"))
    missing = missing_libraries(required)
    if missing:
        names = ", ".join(missing)
        return found("libraries", "missing", (f"thiếu {names}", f"missing: {names}"), ("make setup", "make setup"))
    return ok("libraries", "đủ", "all there")


def _pages() -> Finding:
    if (ROOT / "services" / "web" / "dist" / "index.html").exists():
        return ok("pages", "đã dựng", "built")
    node = shutil.which("node")
    mend = ("make web", "make web") if node else ("make web (tự tải Node từ PyPI)", "make web (takes Node from PyPI)")
    return found("pages", "missing", ("chưa dựng", "not built"), mend)


def _java() -> Finding:
    said = version_line(["java", "-version"])
    number = re.search(r'"(\d+)', said or "")
    mend = ("apt-get install openjdk-17-jre-headless maven", "apt-get install openjdk-17-jre-headless maven")
    if said is None:
        return found("java", "note", (f"không có; {DISTRIBUTED[0]}", f"absent; {DISTRIBUTED[1]}"), mend)
    if number and int(number[1]) < LEAST_JAVA:
        text = (f"{said}: cần 17; {DISTRIBUTED[0]}", f"{said}: 17 is needed; {DISTRIBUTED[1]}")
        return found("java", "note", text, mend)
    return ok("java", said)


def _kafka(var: Path) -> Finding:
    for home in (var / "kafka-home", ROOT / "var" / "kafka-home"):
        if (home / "libs" / ".complete").exists():
            return ok("kafka", str(home))
    text = (f"chưa tải; {DISTRIBUTED[0]}", f"not fetched; {DISTRIBUTED[1]}")
    return found("kafka", "note", text, ("make kafka (cần Java và Maven)", "make kafka (Java and Maven needed)"))


def _postgis() -> Finding:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    program = str(folders[-1]) if folders else shutil.which("postgres")
    mend = ("apt-get install postgresql-15-postgis-3", "apt-get install postgresql-15-postgis-3")
    if program is None:
        return found("postgresql", "note", (f"không có; {DISTRIBUTED[0]}", f"absent; {DISTRIBUTED[1]}"), mend)
    said = version_line([program, "--version"]) or program
    major = re.search(r"(\d+)", said.partition("PostgreSQL")[2])
    control = Path(f"/usr/share/postgresql/{major[1] if major else ''}/extension/postgis.control")
    if folders and not control.exists():
        return found("postgresql", "note", (f"{said}, thiếu PostGIS", f"{said}, without PostGIS"), mend)
    return ok("postgresql", said)


def _chromium() -> Finding:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program:
        return ok("chromium", program)
    mend = ("apt-get install chromium", "apt-get install chromium")
    return found("chromium", "note", (f"không có; {TESTS[0]}", f"absent; {TESTS[1]}"), mend)


def _prometheus() -> Finding:
    if program := shutil.which("prometheus"):
        return ok("prometheus", program)
    text = ("không có; chỉ cần cho `make prometheus`", "absent; only needed for `make prometheus`")
    command = "apt-get install --no-install-recommends prometheus"
    return found("prometheus", "note", text, (command, command))


def version_line(command: list[str]) -> str | None:
    """Return the first line a program says of its version, ``None`` where it is absent or does not answer."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, text=True, timeout=VERSION_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (done.stdout.strip() or done.stderr.strip()).partition("\n")[0] or None
