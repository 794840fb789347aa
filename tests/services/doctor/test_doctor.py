"""`hanoi doctor` says what is missing and how to get it."""

import importlib.metadata
import json
import os
import socket
import time
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.city.folder import Calendar, write_city
from services.cli import main
from services.doctor import command, machine
from services.doctor.city import look_at_city
from services.doctor.finding import Finding
from services.doctor.parts import look_at_parts, within
from services.doctor.programs import missing_libraries, version_line
from services.run.place import place_environment
from services.settings import Settings
from services.store.engine import open_store
from tests.real_parts import free_port
from tests.services.run.test_services import city


def settings(folder: Path, **environ: str) -> Settings:
    return Settings(place_environment(environ, folder, None))


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def ask(*arguments: str, **environ: str) -> Result:
    ports = {"HANOI_API_PORT": str(free_port()), "HANOI_INGEST_PORT": str(free_port())}
    return CliRunner().invoke(main, ["doctor", *arguments], env={**ports, **environ})


def test_a_city_that_is_not_there_is_missing_with_the_command_that_makes_one(tmp_path: Path) -> None:
    done = ask("--var", str(tmp_path), "--lang", "en")
    assert done.exit_code == 1
    assert "✗ missing  city" in done.output
    assert f"hanoi sample build --out {tmp_path}/city" in done.output
    assert "cannot run the city yet: 1 things are missing" in done.output


def test_with_a_city_all_that_is_needed_is_there(tmp_path: Path) -> None:
    city(tmp_path / "city")
    done = ask("--var", str(tmp_path), "--json")
    body = json.loads(done.output)
    missing = [finding["what"] for finding in body["findings"] if finding["level"] == "missing"]
    assert missing in ([], ["pages"])  # the tests also run where no pages were built
    assert done.exit_code == len(missing)
    assert all(finding["text"]["vi"] and finding["text"]["en"] for finding in body["findings"])


@pytest.mark.parametrize(
    ("environ", "lang"),
    [({"LANG": "vi_VN.UTF-8"}, "vi"), ({"LANG": "C"}, "en"), ({}, "en"), ({"LC_ALL": "en_US", "LANG": "vi_VN"}, "en")],
)
def test_the_language_is_the_environment_s(environ: dict[str, str], lang: str) -> None:
    assert command.language_of(environ) == lang


def test_it_speaks_vietnamese_where_the_machine_does(tmp_path: Path) -> None:
    done = ask("--var", str(tmp_path), LANG="vi_VN.UTF-8", LC_ALL="")
    assert "thiếu" in done.output
    assert "Máy này chưa chạy được" in done.output


def test_settings_that_cannot_be_used_are_told_with_every_problem(tmp_path: Path) -> None:
    done = ask("--var", str(tmp_path), "--lang", "en", HANOI_API_PROT="1", HANOI_RUN_HANG_S="soon")
    assert done.exit_code == 1
    assert "HANOI_API_PROT" in done.output
    assert "HANOI_RUN_HANG_S" in done.output


def test_a_look_that_fails_is_a_finding_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "look_at_machine", lambda var: 1 / 0)
    found = by_name(list(command.examine(tmp_path, None)))
    assert found["machine"].level == "warn"
    assert "ZeroDivisionError" in found["machine"].text.en
    assert "city" in found


def test_a_library_that_is_required_and_absent_is_named() -> None:
    def version(name: str) -> str:
        if name == "psutil":
            raise importlib.metadata.PackageNotFoundError
        return "1"

    required = ["click", "psutil>=5", "uvicorn[standard]", 'ruff; extra == "dev"']
    assert missing_libraries(required, version) == ["psutil"]


def test_a_program_that_is_absent_has_no_version() -> None:
    assert version_line(["no-such-program", "--version"]) is None


def test_log_and_store_are_made_at_the_first_run_and_then_answer(tmp_path: Path) -> None:
    known = settings(tmp_path)
    found = by_name(look_at_parts(known))
    assert "made at the first run" in found["log"].text.en
    with open_store(known.place.database_url) as store:
        store.migrate()
    assert "schema" in by_name(look_at_parts(known))["store"].text.en


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"no database at all" * 100)
    assert by_name(look_at_parts(settings(tmp_path)))["store"].level == "missing"


def test_a_broker_and_a_database_that_are_away_are_told_at_once(tmp_path: Path) -> None:
    port = free_port()
    known = settings(
        tmp_path,
        STREAM_URL=f"kafka://127.0.0.1:{port}",
        DATABASE_URL=f"postgresql+psycopg://a:secret@127.0.0.1:{port}/x",
    )
    began_s = time.monotonic()
    found = by_name(look_at_parts(known))
    assert time.monotonic() - began_s < 5
    assert (found["log"].level, found["store"].level) == ("missing", "missing")
    assert "secret" not in found["store"].text.en


def test_a_taken_port_is_told_with_its_holder_and_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = by_name(look_at_parts(settings(tmp_path, HANOI_API_PORT=str(port))))
    assert found[f"port {port}"].level == "missing"
    assert str(os.getpid()) in found[f"port {port}"].text.en
    assert found[f"port {port}"].mend is not None
    assert found[f"port {port}"].mend.en.startswith("HANOI_API_PORT=")


def test_what_does_not_answer_is_left_after_a_while() -> None:
    with pytest.raises(TimeoutError):
        within(lambda: time.sleep(5), 0.05)


def test_a_disk_with_hardly_any_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = machine.shutil._ntuple_diskusage(100 * machine.GIB, 99 * machine.GIB, machine.GIB // 2)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: usage)
    assert by_name(machine.look_at_machine(tmp_path))["disk"].level == "missing"


def test_a_calendar_that_ended_is_told_with_the_option_that_helps(tmp_path: Path) -> None:
    made = city(tmp_path / "city").city
    ended = Calendar(first_date="20200101", last_date="20201231", ended=True)
    write_city(tmp_path / "city", msgspec.structs.replace(made, calendar=ended))
    found = by_name(look_at_city(settings(tmp_path)))
    assert found["calendar"].level == "warn"
    assert "--repeat-calendar" in found["calendar"].mend.en  # type: ignore[union-attr]
