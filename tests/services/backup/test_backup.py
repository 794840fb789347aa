"""A backup says what is wrong with it, and a restore overwrites nothing that it was not asked to."""

import json
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from schemas.topics import TOPICS
from services.backup.places import log_files
from services.cli import main
from services.media.store import open_media
from services.run.status import RunLock
from services.store.engine import open_store
from services.store.positions import list_latest_positions, record_positions
from services.stream import open_stream
from tests.contract import messages

NAMES = ("STREAM_URL", "DATABASE_URL", "MEDIA_URL", "CITY_DIR", "HANOI_INGEST_TOKENS_FILE", "HANOI_VISION_KEY_FILE")


def hanoi(*words: str) -> Result:
    return CliRunner().invoke(main, ["backup", *words])


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder of a small embedded city."""
    var = tmp_path / "var"
    with open_store(f"sqlite:///{var / 'store.sqlite'}") as store, open_stream(f"sqlite:///{var / 'stream'}") as stream:
        store.migrate()
        stream.ensure_topics(TOPICS.values())
        with store.transaction() as session:
            record_positions(session, [messages.position("v")])
    (var / "keys").mkdir()
    (var / "keys" / "evidence.pem").write_text("secret", encoding="utf-8")
    return var


@pytest.fixture
def backup(var: Path, tmp_path: Path) -> Path:
    done = hanoi("create", "--out", str(tmp_path / "b"), "--var", str(var))
    assert done.exit_code == 0, done.output
    assert "--keys" in done.output
    assert "No city is in it" in done.output
    return tmp_path / "b"


def restore(backup: Path, var: Path, *more: str) -> Result:
    return hanoi("restore", str(backup), "--var", str(var), *more)


def test_the_log_is_copied_in_the_order_that_loses_nothing(var: Path) -> None:
    """A group's place, then what a step remembers, then its input and output: what is remembered lies in both."""
    with open_stream(f"sqlite:///{var / 'stream'}") as stream:
        stream.consumer("track", ["gps.fixes"]).close()
    names = [path.relative_to(var / "stream").as_posix() for path in log_files(var / "stream")]
    assert names[0] == "groups/track.sqlite"
    states = [f"{topic.name}.sqlite" for topic in TOPICS.values() if topic.compacted]
    assert names[1 : 1 + len(states)] == sorted(states)
    assert {"gps.fixes.sqlite", "bus.positions.sqlite", "gps.fixes.dead.sqlite"} <= {*names[1 + len(states) :]}


def test_a_city_folder_elsewhere_travels_and_goes_back_elsewhere(var: Path, tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "city.json").write_text("{}", encoding="utf-8")
    more = ("--city", str(tmp_path / "town"))
    done = hanoi("create", "--out", str(tmp_path / "b.tar"), "--var", str(var), *more)
    assert "No city" not in done.output
    assert str(tmp_path / "town") in restore(tmp_path / "b.tar", tmp_path / "other", *more).output
    assert restore(tmp_path / "b.tar", tmp_path / "other", "--city", str(tmp_path / "village")).exit_code == 0
    assert (tmp_path / "village" / "city.json").is_file()


def test_a_key_travels_only_if_asked_for(backup: Path) -> None:
    assert list(backup.rglob("*.pem")) == []
    assert "is whole" in hanoi("verify", str(backup)).output


def test_a_backup_never_replaces_another(backup: Path, var: Path) -> None:
    again = hanoi("create", "--out", str(backup), "--var", str(var))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    assert "is whole" in hanoi("verify", str(backup)).output


def test_a_restore_says_what_is_in_the_way_and_forced_sets_it_aside(backup: Path, var: Path) -> None:
    with open_store(f"sqlite:///{var / 'store.sqlite'}") as store, store.transaction() as session:
        record_positions(session, [messages.position("written-later")])
    refused = restore(backup, var)
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert all(str(var / name) in refused.output for name in ("store.sqlite", "stream"))
    done = restore(backup, var, "--force")
    assert done.exit_code == 0, done.output
    for path, count in ((var / "store.sqlite", 1), (next(var.glob("store.sqlite.before-restore-*[0-9]")), 2)):
        with open_store(f"sqlite:///{path}") as store, store.reading() as session:
            assert len(list_latest_positions(session)) == count


def test_nothing_is_restored_below_a_running_city(backup: Path, var: Path) -> None:
    with RunLock(var / "run"):
        said = restore(backup, var, "--force")
    assert (said.exit_code, "stop it first" in said.output) == (1, True)


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


FAULTS = {
    "changed": "store.sqlite: changed",
    "cut": "store.sqlite: 100 bytes instead of",
    "absent": "store.sqlite: absent",
    "more": "extra: not named",
    "no manifest": "is no backup",
    "garbled": "manifest.json cannot be read",
    "format": "has format 2, but this program knows 1",
    "newer": "made by a newer version",
}


@pytest.mark.parametrize(("fault", "said"), FAULTS.items())
def test_a_backup_that_is_not_whole_is_refused_with_every_fault(fault: str, said: str, backup: Path) -> None:
    store, manifest = backup / "store.sqlite", backup / "manifest.json"
    told = json.loads(manifest.read_bytes())
    match fault:
        case "changed":
            change(store)
        case "cut":
            store.write_bytes(store.read_bytes()[:100])
        case "absent":
            store.unlink()
        case "more":
            (backup / "extra").touch()
        case "no manifest":
            manifest.unlink()
        case "garbled":
            manifest.write_bytes(b"{")
        case "format":
            manifest.write_text(json.dumps({**told, "format": 2}), encoding="utf-8")
        case "newer":
            told["dump"]["revision"] = "9999_x"
            manifest.write_text(json.dumps(told), encoding="utf-8")
    for done in (hanoi("verify", str(backup)), restore(backup, backup.parent / "elsewhere")):
        assert done.exit_code == 1
        assert said in done.output
    assert not (backup.parent / "elsewhere" / "stream").exists()


def test_a_file_that_is_no_backup_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"no tar")
    assert "cannot be unpacked" in hanoi("verify", str(tmp_path / "x.tar")).output
    assert "is absent" in hanoi("verify", str(tmp_path / "y.tar")).output


def test_a_tar_that_would_write_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x", encoding="utf-8")
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        tar.add(tmp_path / "evil", "../../evil")
    assert "cannot be unpacked" in hanoi("verify", str(tmp_path / "x.tar")).output


def test_a_city_without_a_database_has_nothing_to_back_up(tmp_path: Path) -> None:
    done = hanoi("create", "--out", str(tmp_path / "b"), "--var", str(tmp_path / "var"))
    assert (done.exit_code, "nothing to back up" in done.output) == (1, True)
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / "b.new").exists()


@pytest.mark.postgis
def test_a_backup_of_the_other_column_is_refused(
    backup: Path, postgis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgis_url)
    done = restore(backup, tmp_path / "other")
    assert (done.exit_code, "holds a sqlite database" in done.output) == (1, True)


@pytest.mark.postgis
def test_a_postgis_restore_that_fails_leaves_what_was_there(
    migrated_postgis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_postgis_url)
    with open_store(migrated_postgis_url) as store, store.transaction() as session:
        record_positions(session, [messages.position("before")])
    assert hanoi("create", "--out", str(tmp_path / "b"), "--var", str(tmp_path / "var")).exit_code == 0
    told = json.loads((tmp_path / "b" / "manifest.json").read_bytes())
    for table in told["dump"]["tables"]:
        table["rows"] += table["name"] == "bus_position"
    (tmp_path / "b" / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    refused = restore(tmp_path / "b", tmp_path / "var")
    assert (refused.exit_code, "--force" in refused.output) == (1, True)
    done = restore(tmp_path / "b", tmp_path / "var", "--force")
    assert (done.exit_code, "1 rows instead of 2" in done.output) == (1, True)
    with open_store(migrated_postgis_url) as store, store.reading() as session:
        assert session.execute(sa.text("SELECT count(*) FROM bus_position")).scalar() == 1


def test_evidence_in_a_bucket_travels_too(
    s3_url: str, s3_server: str, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_URL", s3_url)
    media = open_media(s3_url)
    media.hold(media.put("evidence/1.zip", b"sealed"), "case-1")
    media.put("segments/1.mp4", b"video")
    done = hanoi("create", "--out", str(tmp_path / "b"), "--var", str(var), "--media", "all")
    assert (done.exit_code, "media: all (2 files)" in done.output) == (0, True)
    monkeypatch.setenv("MEDIA_URL", s3_url.replace("/media", "/other"))
    assert restore(tmp_path / "b", tmp_path / "elsewhere").exit_code == 0
    other = open_media(s3_url.replace("/media", "/other"))
    assert (other.read("evidence/1.zip"), other.read("segments/1.mp4")) == (b"sealed", b"video")
    assert other.list_holders("evidence/1.zip") == ["case-1"]
